/** The list of sessions, the newest first, each with the last thing said in it. */

import type { Event } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import { type Message, Message_Role as Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Session } from "../../gen/openclaw/gateway/v1/session_pb.ts";
import { clockTime, element, fill, millis, shortName } from "./dom.ts";
import type { Gateway } from "./gateway.ts";
import type { LiveListener } from "./live.ts";

const shown = 50;

/** Sessions of which the last message is read at the start. */
const previews = 15;

/** Shows the list, and keeps it right. */
export class SessionsView implements LiveListener {
  readonly element = element("nav", { class: "sessions", "aria-label": "sessions" });
  readonly #gateway: Gateway;
  readonly #sessions = new Map<string, Session>();
  readonly #last = new Map<string, string>();
  #chosen = "";

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** Reads the list. */
  async load(): Promise<void> {
    const { sessions } = await this.#gateway.sessions.listSessions({ pageSize: shown });
    this.#sessions.clear();
    for (const session of sessions) this.#sessions.set(session.name, session);
    this.#render();
    await Promise.all(sessions.slice(0, previews).map(({ name }) => this.#readLast(name)));
    this.#render();
  }

  /** Marks the session that is open. */
  choose(session: string): void {
    this.#chosen = session;
    this.#render();
  }

  /** What people call the session. */
  titleOf(name: string): string {
    return this.#sessions.get(name)?.title || shortName(name);
  }

  onEvent({ resource, change }: Event): void {
    if (resource.case === "session") {
      if (change === 3 || resource.value.archived) this.#sessions.delete(resource.value.name);
      else this.#sessions.set(resource.value.name, resource.value);
    } else if (resource.case === "message") this.#remember(resource.value);
    else return;
    this.#render();
  }

  async #readLast(parent: string): Promise<void> {
    const { messages } = await this.#gateway.sessions.listMessages({ parent, pageSize: 5 });
    for (const message of messages.reverse()) this.#remember(message);
  }

  #remember({ name, parts, role }: Message): void {
    const text = parts.map(({ kind }) => (kind.case === "text" ? kind.value : "")).join(" ");
    if (text.trim() === "") return;
    const session = name.split("/").slice(0, 2).join("/");
    this.#last.set(session, role === Role.USER ? `You: ${text}` : text);
  }

  #render(): void {
    const sorted = [...this.#sessions.values()].sort((a, b) => {
      if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
      return millis(b.activeTime) - millis(a.activeTime);
    });
    fill(this.element, ...sorted.map((session) => this.#row(session)));
  }

  #row({ name, activeTime, activeRun, queuedRunCount }: Session): Element {
    const working = activeRun !== "";
    const queued = queuedRunCount > 0 ? element("span", { class: "count" }, `${queuedRunCount} waiting`) : undefined;
    return element(
      "a",
      { href: `#/${name}`, class: "row", "aria-current": name === this.#chosen ? "page" : undefined },
      element(
        "span",
        { class: "title" },
        this.titleOf(name),
        working && element("span", { class: "dot", title: "at work" }),
      ),
      element("time", {}, clockTime(activeTime)),
      element("span", { class: "last" }, (this.#last.get(name) ?? "nothing said yet").slice(0, 160)),
      queued,
    );
  }
}
