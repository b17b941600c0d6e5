/** The gateway's log, followed while somebody looks at it. */

import type { LogRecord } from "../../gen/openclaw/gateway/v1/log_pb.ts";
import { element, exactTime, fill } from "./dom.ts";
import { type Gateway, words } from "./gateway.ts";

const shown = 500;
const retryMs = 3_000;

/** Follows the log between `start` and `stop`. */
export class LogView {
  readonly #list = element("div", { class: "table log", role: "log" });
  readonly #trouble = element("p", { class: "trouble", role: "status" });
  /** The view. */
  readonly element = element(
    "section",
    { class: "panel", "aria-label": "log" },
    element("h2", {}, "Log"),
    this.#trouble,
    this.#list,
  );
  readonly #gateway: Gateway;
  #records: readonly LogRecord[] = [];
  #leaving: AbortController | undefined;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** Shows the newest lines, and those that come. */
  start(): void {
    if (this.#leaving !== undefined) return;
    this.#leaving = new AbortController();
    this.#records = [];
    void this.#follow(this.#leaving.signal);
  }

  /** Nobody looks any more: the stream is closed. */
  stop(): void {
    this.#leaving?.abort();
    this.#leaving = undefined;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let cursor = "";
    while (!signal.aborted) {
      try {
        const backlog = cursor === "" ? 200 : 0;
        for await (const frame of this.#gateway.gateway.tailLogs({ backlog, cursor, follow: true }, { signal })) {
          cursor = frame.cursor;
          this.#trouble.textContent = frame.dropped > 0n ? `${frame.dropped} lines are missing` : "";
          this.#records = [...frame.records.toReversed(), ...this.#records].slice(0, shown);
          fill(this.#list, ...this.#records.map(recordRow));
        }
      } catch (thrown) {
        if (signal.aborted) return;
        this.#trouble.textContent = words(thrown);
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

function recordRow({ time, level, component, message, attributes }: LogRecord): Element {
  const kind = level === "error" ? "bad" : level === "warn" ? "warning" : "";
  const pairs = Object.entries(attributes).map(([name, value]) => `${name}=${value}`);
  return element(
    "div",
    { class: "entry" },
    element("time", {}, exactTime(time)),
    element("span", { class: `pill ${kind}` }, level),
    element("span", { class: "fact" }, component),
    element("span", { class: "what" }, message, " ", element("code", {}, pairs.join("  ").slice(0, 600))),
  );
}
