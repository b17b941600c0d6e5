/** The dashboard: signs in, shows what the address names, and follows the gateway. */

import { ActivityView } from "./activity-view.ts";
import { element, fill } from "./dom.ts";
import type { Gateway } from "./gateway.ts";
import { remember, words } from "./gateway.ts";
import { Live } from "./live.ts";
import { LogView } from "./log-view.ts";
import { SessionsView } from "./sessions-view.ts";
import { signIn } from "./sign-in-view.ts";
import { StatusView } from "./status-view.ts";
import { TranscriptView } from "./transcript-view.ts";

const tabs = { sessions: "Sessions", runs: "Runs", events: "Events", log: "Log" } as const;

/** The views of one sign-in. */
class Dashboard {
  readonly #status: StatusView;
  readonly #sessions: SessionsView;
  readonly #transcript: TranscriptView;
  readonly #activity: ActivityView;
  readonly #log: LogView;
  readonly #live: Live;
  readonly #tabs = element("nav", { class: "tabs", "aria-label": "views" });
  readonly #place = element("main");

  constructor(gateway: Gateway) {
    this.#live = new Live(gateway);
    this.#status = new StatusView(gateway);
    this.#sessions = new SessionsView(gateway);
    this.#transcript = new TranscriptView(gateway, this.#live);
    this.#activity = new ActivityView(gateway);
    this.#log = new LogView(gateway);
    for (const one of [this.#status, this.#sessions, this.#transcript, this.#activity]) this.#live.listen(one);
  }

  /**
   * Shows it. Resolves when so much was missed that everything has to be read anew; fails when the gateway no longer lets this
   * page in, with why. Nothing of it is at work afterwards.
   */
  async run(root: Element): Promise<void> {
    const leaving = new AbortController();
    try {
      await this.#show(root, leaving.signal);
    } finally {
      leaving.abort();
      this.#log.stop();
      this.#status.stop();
    }
  }

  async #show(root: Element, signal: AbortSignal): Promise<void> {
    const title = element("h1", {}, element("span", { class: "logo" }), element("span", {}, "OpenClaw"));
    const leave = element("button", { type: "button", class: "quiet", click: signOut }, "Sign out");
    fill(root, element("header", { class: "top" }, title, this.#status.element, this.#tabs, leave), this.#place);
    const cursor = await this.#status.load();
    await Promise.all([this.#sessions.load(), this.#activity.load()]);
    addEventListener("hashchange", () => this.#showView(), { signal });
    this.#showView();
    await this.#live.follow(cursor);
  }

  #showView(): void {
    const [tab = "sessions", id] = location.hash.replace(/^#\/?/, "").split("/").filter(Boolean);
    const links = Object.entries(tabs).map(([name, word]) =>
      element("a", { href: `#/${name}`, "aria-current": name === tab ? "page" : undefined }, word),
    );
    fill(this.#tabs, ...links);
    if (tab === "log") this.#log.start();
    else this.#log.stop();
    if (tab === "runs") fill(this.#place, this.#activity.runsElement);
    else if (tab === "events") fill(this.#place, this.#activity.eventsElement);
    else if (tab === "log") fill(this.#place, this.#log.element);
    else this.#showSession(id);
  }

  /** Beside the list where there is room; in its place on a phone, which begins with the list. */
  #showSession(id: string | undefined): void {
    const session = `sessions/${id ?? "main"}`;
    const both = element("div", { class: id === undefined ? "split list" : "split one" });
    fill(both, this.#sessions.element, this.#transcript.element);
    fill(this.#place, both);
    this.#sessions.choose(session);
    void this.#transcript.open(session, this.#sessions.titleOf(session));
  }
}

function signOut(): void {
  remember(undefined);
  location.reload();
}

const root = document.body;
let trouble = "";
for (;;) {
  try {
    await new Dashboard(await signIn(root, trouble)).run(root);
    trouble = "";
  } catch (thrown) {
    trouble = words(thrown);
  }
}
