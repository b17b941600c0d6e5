/** The gateway: builds every room, plugs them together, starts and stops them. Stop is start, backwards. */

import type { LoadedConfig } from "./config/load-config.ts";
import { ensureSecret, type GatewayFlags, type ResolvedGateway, resolveGateway } from "./config/resolve-gateway.ts";
import { Core } from "./core/core.ts";
import { coreSettings, faultPoint, modelSettings } from "./gateway-settings.ts";
import { systemClock } from "./lib/clock.ts";
import { IdleMemory } from "./lib/host/idle-memory.ts";
import type { Log } from "./lib/log.ts";
import { createModelCatalog, type OwnedModelCatalog } from "./models/model-catalog.ts";
import { registerServices } from "./server/rpc/services.ts";
import { Server } from "./server/server.ts";
import type { ServerState } from "./server/server-options.ts";
import type { TlsCertificate } from "./server/tls-certificate.ts";
import { openStore, type SqliteStore } from "./storage/sqlite-store.ts";
import { acquireStateLock, type StateLock } from "./storage/state-lock.ts";
import { builtInTools } from "./tools/tool-list.ts";

/** Connections get this long to finish once runs have drained. */
const closeMs = 2_000;

/** What a gateway is started with. */
export interface GatewayOptions {
  readonly loaded: LoadedConfig;
  readonly flags: GatewayFlags;
  readonly version: string;
  readonly log: Log;
}

/** Everything a gateway is made of, in the order it was opened. */
interface Rooms {
  readonly lock: StateLock;
  readonly store: SqliteStore;
  readonly models: OwnedModelCatalog;
  readonly core: Core;
  readonly server: Server;
  readonly memory: IdleMemory;
}

/** A gateway that runs. */
export class Gateway {
  /** What was decided about port, bind, authentication and TLS. */
  readonly resolved: ResolvedGateway;
  /** Where it can be reached: "http://127.0.0.1:18789", … At least one. */
  readonly urls: readonly string[];
  /** SHA-256 of the certificate it serves with; undefined without TLS. */
  readonly certificate: TlsCertificate | undefined;
  /** Resolves when the gateway has stopped, whoever stopped it. */
  readonly stopped: Promise<void>;
  readonly #rooms: Rooms;
  readonly #log: Log;
  readonly #life: Life;
  #stopping: Promise<void> | undefined;
  #markStopped: () => void = () => {};

  constructor(parts: { resolved: ResolvedGateway; urls: readonly string[]; rooms: Rooms; life: Life; log: Log }) {
    this.resolved = parts.resolved;
    this.urls = parts.urls;
    this.certificate = parts.life.certificate;
    this.#rooms = parts.rooms;
    this.#life = parts.life;
    this.#log = parts.log;
    this.stopped = new Promise((resolve) => {
      this.#markStopped = resolve;
    });
  }

  /**
   * Stops: no run starts any more, active runs get `graceMs` to end and go on at the next start if they do not, streams end
   * with UNAVAILABLE and calls in flight are answered. Resolves when everything is closed; repeating it changes nothing.
   */
  stop(graceMs: number, reason: string): Promise<void> {
    this.#stopping ??= this.#stop(graceMs, reason);
    return this.#stopping;
  }

  async #stop(graceMs: number, reason: string): Promise<void> {
    const { lock, store, models, core, server, memory } = this.#rooms;
    this.#life.drain(reason);
    memory.stop();
    this.#log.info({ reason, graceMs, activeRuns: core.activeRuns }, "stopping");
    const left = await core.drain(graceMs);
    if (left > 0) this.#log.warn({ left }, "runs were still active; they go on at the next start");
    core.closeStreams();
    await server.stop(closeMs);
    models.close();
    await store.close();
    lock.release();
    this.#log.info({}, "stopped");
    this.#markStopped();
  }
}

/** The state of a process from its first moment to its last. */
class Life {
  readonly startTimeMs = systemClock.nowMs();
  certificate: TlsCertificate | undefined;
  #state: ServerState = { state: "starting", reason: "the gateway is starting" };

  state(readOnlyReason: string | undefined): ServerState {
    if (this.#state.state !== "ready" || readOnlyReason === undefined) return this.#state;
    return { state: "readOnly", reason: readOnlyReason };
  }

  ready(): void {
    this.#state = { state: "ready", reason: "" };
  }

  drain(reason: string): void {
    this.#state = { state: "draining", reason };
  }
}

/**
 * Starts a gateway and resolves when it is ready. Fails with a ConfigError for a configuration that cannot be run, a
 * StateLockedError when another gateway has the state directory, a ListenError when the port cannot be had.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { loaded, log } = options;
  const resolved = resolveGateway(loaded, options.flags);
  for (const warning of loaded.warnings) log.warn({}, warning);
  const life = new Life();
  const opened: (() => unknown)[] = [];
  try {
    const owner = { pid: process.pid, startTimeMs: life.startTimeMs };
    const lock = acquireStateLock(loaded.stateDir, owner, loaded.path);
    opened.push(() => lock.release());
    const faults = faultPoint(loaded.environment);
    const store = await openStore({ lock, clock: systemClock, log: log.child({ component: "store" }), faults });
    opened.push(() => store.close());
    const models = createModelCatalog(modelSettings(loaded), systemClock);
    const settings = coreSettings(loaded.config);
    const core = new Core({ store, models, tools: builtInTools(), settings, clock: systemClock, log, faults });
    let gateway: Gateway | undefined;
    const shutDown = (graceMs: number, reason: string): void => void gateway?.stop(graceMs, reason);
    const server = await makeServer(options, { resolved, core, life, shutDown });
    const bound = await server.start();
    opened.push(() => server.stop(0));
    await core.start();
    life.ready();
    const secure = resolved.tls !== undefined;
    const urls = bound.map(({ host, port }) => urlOf(host, port, secure));
    // Loopback is always among the addresses, or every address is.
    if (bound[0] !== undefined) lock.announce(urlOf("127.0.0.1", bound[0].port, secure));
    gateway = new Gateway({
      resolved,
      urls,
      rooms: { lock, store, models, core, server, memory: new IdleMemory() },
      life,
      log,
    });
    return gateway;
  } catch (error) {
    for (const close of opened.reverse()) await close();
    throw error;
  }
}

interface DoorParts {
  readonly resolved: ResolvedGateway;
  readonly core: Core;
  readonly life: Life;
  readonly shutDown: (graceMs: number, reason: string) => void;
}

async function makeServer(options: GatewayOptions, { resolved, core, life, shutDown }: DoorParts): Promise<Server> {
  const { loaded, log, version } = options;
  const { bind, port, auth, tls, allowedHosts, allowedOrigins } = resolved;
  const secret = await ensureSecret(auth, loaded.stateDir);
  if (tls !== undefined)
    life.certificate = await (await import("./server/tls-certificate.ts")).loadCertificate(tls, systemClock);
  const state = (): ServerState => life.state(core.store.readOnlyReason);
  const { startTimeMs } = life;
  const server: Server = new Server({
    listen: { hosts: bind.hosts, port: port.value },
    tls: life.certificate,
    auth: { mode: auth.mode, secret },
    allowedHosts,
    allowedOrigins,
    routes: (router) => {
      const process = { version, startTimeMs, state, clients: () => server.clients(), shutDown };
      registerServices(router, { core, process, clock: systemClock });
    },
    state,
    log: log.child({ component: "door" }),
    clock: systemClock,
  });
  return server;
}

function urlOf(host: string, port: number, secure: boolean): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return `${secure ? "https" : "http"}://${name}:${port}`;
}
