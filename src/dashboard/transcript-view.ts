/** One session: what was said, what is being said, and a place to say something. */

import type { Event } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import type { Message } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, Run_State as RunState } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { element, fill, shortName } from "./dom.ts";
import { type Gateway, newId, words } from "./gateway.ts";
import type { Live, LiveListener } from "./live.ts";
import { draftElement, messageElement } from "./message-view.ts";

const shown = 100;

/** Shows one session at a time. */
export class TranscriptView implements LiveListener {
  readonly #title = element("h2");
  readonly #list = element("div", { class: "messages", role: "log", "aria-live": "polite", tabindex: "0" });
  readonly #trouble = element("p", { class: "trouble", role: "alert" });
  readonly #box = element("textarea", {
    rows: "1",
    placeholder: "Write a message",
    "aria-label": "message",
    input: () => this.#grow(),
    keydown: (event) => this.#onKey(event as KeyboardEvent),
  });
  readonly #stop = element(
    "button",
    { type: "button", class: "quiet", hidden: true, click: () => void this.#cancel() },
    "Stop",
  );
  /** The session's view. */
  readonly element = element(
    "section",
    { class: "transcript", "aria-label": "transcript" },
    element(
      "header",
      {},
      element("a", { href: "#/", class: "back", "aria-label": "back to the sessions" }, "‹"),
      this.#title,
    ),
    this.#list,
    element(
      "form",
      { class: "composer", submit: (event) => void this.#send(event) },
      this.#trouble,
      element(
        "div",
        { class: "line" },
        this.#box,
        this.#stop,
        element("button", { type: "submit", class: "primary" }, "Send"),
      ),
    ),
  );
  readonly #gateway: Gateway;
  readonly #live: Live;
  readonly #messages = new Map<string, Message>();
  #session = "";
  #run = "";
  /** Runs that ended since the session was opened: what is read of it may not know that yet. */
  readonly #over = new Set<string>();
  #due = false;

  constructor(gateway: Gateway, live: Live) {
    this.#gateway = gateway;
    this.#live = live;
  }

  /** Shows a session from its end. */
  async open(session: string, title: string): Promise<void> {
    this.#session = session;
    this.#title.textContent = title;
    this.#messages.clear();
    this.#run = "";
    this.#over.clear();
    this.#say("");
    try {
      const { session: found } = await this.#gateway.sessions.getSession({ name: session });
      const { messages } = await this.#gateway.sessions.listMessages({ parent: session, pageSize: shown });
      if (this.#session !== session) return;
      // What came meanwhile is newer, or followed by what is.
      if (this.#run === "" && !this.#over.has(found?.activeRun ?? "")) this.#run = found?.activeRun ?? "";
      for (const message of messages) if (!this.#messages.has(message.name)) this.#messages.set(message.name, message);
    } catch (thrown) {
      if (this.#session !== session) return;
      this.#say(words(thrown));
    }
    this.#render(true);
    if (matchMedia("(pointer: fine)").matches) this.#box.focus();
  }

  onEvent({ resource }: Event): void {
    if (resource.case === "message" && resource.value.name.startsWith(`${this.#session}/`)) {
      this.#messages.set(resource.value.name, resource.value);
    } else if (resource.case === "run" && resource.value.name.startsWith(`${this.#session}/`))
      this.#follow(resource.value);
    else return;
    this.#renderSoon();
  }

  onDraft(run: string): void {
    if (run.startsWith(`${this.#session}/`)) this.#renderSoon();
  }

  #follow({ name, state, error }: Run): void {
    if (state === RunState.RUNNING || state === RunState.BLOCKED) this.#run = name;
    else if (this.#run === name) this.#run = "";
    if (state >= RunState.SUCCEEDED) this.#over.add(name);
    if (state === RunState.FAILED) this.#say(error?.message ?? "the run failed");
  }

  /** At most once a frame: deltas come by the hundred. */
  #renderSoon(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#render(false);
    });
  }

  #render(toEnd: boolean): void {
    const atEnd = toEnd || this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 80;
    const known = new Map([...this.#list.children].map((child) => [child.getAttribute("data-key"), child]));
    const sorted = [...this.#messages.values()].sort((a, b) => Number(a.position - b.position));
    const draft = this.#live.drafts.get(this.#run);
    const working = this.#run !== "" && draftElement(draft?.text("answer") ?? "", draft?.text("thinking") ?? "");
    const elements = sorted.map((message) => {
      const key = `${message.name} ${message.pending} ${message.withdrawn}`;
      const made = known.get(key) ?? messageElement(message);
      made.setAttribute("data-key", key);
      return made;
    });
    const empty = element("p", { class: "empty" }, `Nothing was said in ${shortName(this.#session)} yet.`);
    fill(this.#list, ...(elements.length === 0 && !working ? [empty] : elements), working);
    this.#stop.hidden = this.#run === "";
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) void this.#send(event);
  }

  async #send(event: globalThis.Event): Promise<void> {
    event.preventDefault();
    const value = this.#box.value.trim();
    if (value === "") return;
    const parts = [{ kind: { case: "text" as const, value } }];
    this.#box.value = "";
    this.#grow();
    this.#say("");
    try {
      await this.#gateway.runs.createRun({ parent: this.#session, requestId: newId(), parts });
      this.#list.scrollTop = this.#list.scrollHeight;
    } catch (thrown) {
      // Nothing that was typed is lost.
      if (this.#box.value === "") this.#box.value = value;
      this.#say(words(thrown));
    }
  }

  async #cancel(): Promise<void> {
    const name = this.#run;
    if (name === "") return;
    await this.#gateway.runs.cancelRun({ name }).catch((thrown: unknown) => this.#say(words(thrown)));
  }

  #grow(): void {
    this.#box.rows = Math.min(8, this.#box.value.split("\n").length);
  }

  #say(trouble: string): void {
    this.#trouble.textContent = trouble;
  }
}
