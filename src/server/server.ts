/** The door: everything the gateway serves, on one port. */

import { setTimeout as sleep } from "node:timers/promises";
import { Authenticator } from "./guard/authenticator.ts";
import { Gate } from "./guard/gate.ts";
import { anonymousCallsRule, Lockout } from "./guard/lockout.ts";
import { RequestGuard } from "./guard/request-guard.ts";
import { isLoopbackOnly, requireSafeBind } from "./guard/safe-bind.ts";
import { StreamSlots } from "./guard/stream-slots.ts";
import { OtherRequests } from "./http/other-requests.ts";
import type { BoundAddress } from "./port/listeners.ts";
import { Port } from "./port/port.ts";
import { RequestHandler } from "./request-handler.ts";
import { RpcServer } from "./rpc-server.ts";
import { limitsWith, type ServerAuth, type ServerOptions, type ServerState } from "./server-options.ts";
import { withStandardServices } from "./standard/standard-services.ts";

/** While connections close, how often it is looked whether they have. */
const closingLookMs = 10;

/** The gateway's server: gRPC, gRPC-Web, Connect and probes, over HTTP/1.1 and HTTP/2, with or without TLS. */
export class Server {
  readonly #options: ServerOptions;
  readonly #authenticator: Authenticator;
  readonly #rpc: RpcServer;
  readonly #handler: RequestHandler;
  readonly #port: Port;
  #stopping = false;
  #stopped: Promise<void> | undefined;

  /**
   * Serves on `port`, which other servers may have served before; on one of its own when it is given none. Fails as
   * requireSafeBind does when the addresses and the authentication do not fit together.
   */
  constructor(options: ServerOptions, port?: Port) {
    const { listen, auth, log, clock } = options;
    requireSafeBind(listen.hosts, auth);
    const limits = limitsWith(options.limits);
    const state = (): ServerState["state"] => this.#state();
    this.#authenticator = new Authenticator(auth, new Lockout(clock), log);
    const gate = new Gate({
      authenticator: this.#authenticator,
      slots: new StreamSlots(limits.counts),
      anonymousCalls: new Lockout(clock, anonymousCallsRule),
      state,
      openReflection: isLoopbackOnly(listen.hosts),
    });
    const others = { pages: options.pages ?? [], hooks: options.hooks, requestMs: limits.times.requestMs };
    const routes = withStandardServices(options.routes, () => this.#reported().state);
    this.#options = options;
    this.#rpc = new RpcServer({ routes, gate, limits, log, clock, onCall: options.onCall });
    this.#handler = new RequestHandler({
      guard: new RequestGuard(listen.hosts, options, limits.sizes.headerBytes),
      rpc: this.#rpc,
      others: new OtherRequests({ ...others, authenticator: this.#authenticator, state, clock, log }),
      state: () => this.#reported(),
      log,
    });
    this.#port = port ?? new Port({ limits, clock, log });
  }

  /** Listens and serves. Resolves with the addresses when connections are accepted on all; fails as `listen`. */
  start(): Promise<BoundAddress[]> {
    this.serve();
    return this.listen();
  }

  /**
   * Listens where it is told to; a port that listened elsewhere moves. Resolves with the addresses when connections are
   * accepted on all; fails with ListenError when one cannot be had.
   */
  listen(): Promise<BoundAddress[]> {
    return this.#port.listen(this.#options.listen, this.#options.tls);
  }

  /**
   * From now on callers prove who they are this way. Streams of callers with another secret of the gateway end at once with
   * CREDENTIALS_REVOKED; tokens and devices are not affected. Fails as requireSafeBind does.
   */
  useAuth(auth: ServerAuth): void {
    requireSafeBind(this.#options.listen.hosts, auth);
    this.#authenticator.use(auth);
  }

  /** Answers what arrives at the port from now on, and what was held there. */
  serve(): void {
    this.#port.serve(this.#handler.handle);
  }

  /**
   * Makes room for the next server of the port. What arrives is held for it, open streams end with UNAVAILABLE/DRAINING,
   * unary calls in flight are answered; connections stay. Resolves when nothing is at work, at the latest after `graceMs`.
   */
  async retire(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#port.hold(this.#handler.handle);
    await this.#rpc.retire(graceMs);
  }

  /**
   * Stops: no connection is accepted, open streams end with UNAVAILABLE/DRAINING, unary calls in flight are answered, peers
   * are told to go away. Resolves when every connection is closed, at the latest after `graceMs`: what is left then is cut.
   */
  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  /** Streams that are open now. */
  get openStreams(): number {
    return this.#rpc.openStreams;
  }

  /** The connections that are open now, oldest first. */
  clients(): ReturnType<Port["connections"]["clients"]> {
    return this.#port.connections.clients();
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const endMs = performance.now() + graceMs;
    this.#handler.stop();
    this.serve();
    this.#port.closeListeners();
    await this.#rpc.endStreams();
    do {
      this.#port.dismiss();
      if (this.#port.isEmpty) break;
      await sleep(closingLookMs);
    } while (performance.now() < endMs);
    this.#port.destroy();
  }

  /** The state as calls feel it: while the gateway drains they are still served, until this server stops. */
  #state(): ServerState["state"] {
    if (this.#stopping) return "draining";
    const { state } = this.#options.state();
    return state === "draining" ? "ready" : state;
  }

  /** The state as probes and health report it. */
  #reported(): ServerState {
    return this.#stopped === undefined
      ? this.#options.state()
      : { state: "draining", reason: "the gateway is stopping" };
  }
}
