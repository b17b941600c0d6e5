/** Runs, and everything that changes, newest first. */

import { Event_Change as Change, type Event } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import { type Run, Run_State as RunState } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { clockTime, duration, element, exactTime, fill, millis, shortName } from "./dom.ts";
import type { Gateway } from "./gateway.ts";
import type { LiveListener } from "./live.ts";
import { NewestRuns } from "./newest-runs.ts";

const shown = 100;

const stateWords: Readonly<Record<number, readonly [word: string, kind: string]>> = {
  [RunState.QUEUED]: ["waiting", ""],
  [RunState.RUNNING]: ["at work", "warning"],
  [RunState.BLOCKED]: ["asks you", "warning"],
  [RunState.SUCCEEDED]: ["done", "good"],
  [RunState.FAILED]: ["failed", "bad"],
  [RunState.CANCELLED]: ["stopped", ""],
};

const changeWords: Readonly<Record<number, string>> = {
  [Change.CREATED]: "new",
  [Change.UPDATED]: "changed",
  [Change.DELETED]: "deleted",
};

/** Two lists that keep themselves right. */
export class ActivityView implements LiveListener {
  readonly #runList = element("div", { class: "table runs" });
  readonly #eventList = element("div", { class: "table events" });
  /** The view of runs. */
  readonly runsElement = element(
    "section",
    { class: "panel", "aria-label": "runs" },
    element("h2", {}, "Runs"),
    this.#runList,
  );
  /** The view of events. */
  readonly eventsElement = element(
    "section",
    { class: "panel", "aria-label": "events" },
    element("h2", {}, "Events"),
    this.#eventList,
  );
  readonly #gateway: Gateway;
  readonly #runs = new NewestRuns(shown);
  #events: Event[] = [];
  #due = false;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** Reads the newest of both. */
  async load(): Promise<void> {
    const { runs } = await this.#gateway.runs.listRuns({ parent: "sessions/-", pageSize: shown });
    for (const run of runs) this.#runs.put(run);
    const { events } = await this.#gateway.events.listEvents({ newestFirst: true, pageSize: shown });
    this.#events = [...events];
    this.#renderSoon();
  }

  onEvent(event: Event): void {
    if (event.resource.case === "run") this.#runs.put(event.resource.value);
    this.#events = [event, ...this.#events].slice(0, shown);
    this.#renderSoon();
  }

  #renderSoon(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      fill(this.#eventList, ...this.#events.map(eventRow));
      const runs = this.#runs.list();
      fill(
        this.#runList,
        ...(runs.length === 0 ? [element("p", { class: "empty" }, "No runs yet.")] : runs.map(runRow)),
      );
    });
  }
}

function runRow({ name, state, model, createTime, startTime, endTime, usage, error }: Run): Element {
  const [word = "", kind = ""] = stateWords[state] ?? [];
  const session = name.split("/").slice(0, 2).join("/");
  const took = startTime === undefined || endTime === undefined ? "" : spent(millis(endTime) - millis(startTime));
  const tokens = usage === undefined ? "" : `${usage.inputTokens + usage.outputTokens} tokens`;
  return element(
    "div",
    { class: "entry" },
    element("time", {}, clockTime(createTime)),
    element("span", { class: `pill ${kind}` }, word),
    element("a", { href: `#/${session}` }, shortName(session)),
    element("span", { class: "what" }, error?.message ?? model),
    element("span", { class: "fact" }, [took, tokens].filter(Boolean).join(" · ")),
  );
}

function eventRow({ time, change, subject, actor, resource }: Event): Element {
  return element(
    "div",
    { class: "entry" },
    element("time", {}, exactTime(time)),
    element("span", { class: "pill" }, changeWords[change] ?? ""),
    element("span", { class: "what" }, `${resource.case ?? ""} `, element("code", {}, subject)),
    element("span", { class: "fact" }, actor),
  );
}

function spent(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : duration(ms);
}
