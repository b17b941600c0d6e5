/** grpc.health.v1: the standard way to ask whether the gateway can serve. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import {
  type Health,
  type HealthCheckRequest,
  type HealthCheckResponseSchema,
  type HealthListResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
} from "../../../gen/health/v1/health_pb.ts";
import { notFound } from "../../core/errors.ts";
import { Wakeup } from "../../lib/wakeup.ts";
import type { ServerState } from "../server-options.ts";

/** How often the state is looked at while somebody watches it. */
const lookMs = 250;

/** Watches end after this, with OK; the watcher opens the next. */
const watchMs = 60 * 60_000;

/** What HealthService needs. */
export interface HealthOptions {
  readonly state: () => ServerState["state"];
  /** Names of the services whose health may be asked for, as "package.Service"; "" is the gateway as a whole. */
  readonly services: () => readonly string[];
}

/** Everything is SERVING while the gateway is ready, and NOT_SERVING otherwise. */
export class HealthService implements ServiceImpl<typeof Health> {
  readonly #state: () => ServerState["state"];
  readonly #services: () => readonly string[];

  constructor({ state, services }: HealthOptions) {
    this.#state = state;
    this.#services = services;
  }

  /** The health of one service. Fails with NOT_FOUND for a service the gateway does not have. */
  check(request: HealthCheckRequest): MessageInitShape<typeof HealthCheckResponseSchema> {
    if (!this.#knows(request.service)) throw notFound(request.service);
    return { status: this.#status() };
  }

  /** The health of all services. */
  list(): MessageInitShape<typeof HealthListResponseSchema> {
    const status = this.#status();
    const statuses = Object.fromEntries(["", ...this.#services()].map((service) => [service, { status }]));
    return { statuses };
  }

  /** The health of one service, and again whenever it changes; SERVICE_UNKNOWN for one the gateway does not have. */
  async *watch(
    request: HealthCheckRequest,
    { signal }: Pick<HandlerContext, "signal">,
  ): AsyncGenerator<MessageInitShape<typeof HealthCheckResponseSchema>> {
    const timer = new Wakeup();
    const endMs = performance.now() + watchMs;
    let told: Status | undefined;
    while (performance.now() < endMs) {
      const status = this.#knows(request.service) ? this.#status() : Status.SERVICE_UNKNOWN;
      if (status !== told) yield { status };
      told = status;
      if ((await timer.wait(lookMs, signal)) !== "aborted") continue;
      if (told === Status.SERVING) yield { status: Status.NOT_SERVING };
      throw signal.reason instanceof ConnectError ? signal.reason : new ConnectError("aborted", Code.Canceled);
    }
  }

  #knows(service: string): boolean {
    return service === "" || this.#services().includes(service);
  }

  #status(): Status {
    return this.#state() === "ready" ? Status.SERVING : Status.NOT_SERVING;
  }
}
