/** The header: what the gateway is, how it is, since when. */

import type { Event } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import { Gateway_State as Life, type Gateway as State } from "../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { duration, element, fill, millis } from "./dom.ts";
import type { Gateway } from "./gateway.ts";
import type { LiveListener } from "./live.ts";

const lifeWords: Readonly<Record<number, string>> = {
  [Life.STARTING]: "starting",
  [Life.READY]: "ready",
  [Life.DRAINING]: "stopping",
  [Life.READ_ONLY]: "read only",
};

/** Shows the state, and keeps it right. */
export class StatusView implements LiveListener {
  readonly element = element("div", { class: "status" });
  readonly #gateway: Gateway;
  #state: State | undefined;
  #online = true;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#timer = setInterval(() => this.#render(), 15_000);
  }

  /** The time that goes by is shown no longer. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Reads the state. Returns the place in the event log it is of. */
  async load(): Promise<string> {
    const { gateway, cursor } = await this.#gateway.gateway.getGateway({});
    this.#state = gateway;
    this.#render();
    return cursor;
  }

  onEvent({ resource }: Event): void {
    if (resource.case !== "gateway") return;
    this.#state = resource.value;
    this.#render();
  }

  onConnection(online: boolean): void {
    const back = online && !this.#online;
    this.#online = online;
    this.#render();
    if (back) void this.load().catch(() => {});
  }

  #render(): void {
    const { state = 0, stateReason = "", version = "", startTime, defaultModel = "" } = this.#state ?? {};
    const word = this.#online ? (lifeWords[state] ?? "unknown") : "not connected";
    const kind = !this.#online ? "bad" : state === Life.READY ? "good" : "warning";
    const facts = [`version ${version}`, `up ${duration(Date.now() - millis(startTime))}`, defaultModel];
    fill(
      this.element,
      element("span", { class: `pill ${kind}`, role: "status", title: stateReason }, word),
      ...facts.map((fact) => element("span", { class: "fact" }, fact)),
    );
  }
}
