/**
 * The rooms of a gateway: everything that is built anew when it restarts in place. Each room is opened after those it needs
 * and says how it is closed; closing is opening, backwards.
 */

import type { LoadedConfig } from "../config/load-config.ts";
import { placesOf } from "../config/places.ts";
import type { ReloadablePart } from "../config/reload/apply-changes.ts";
import type { NetworkCatalog } from "../core/channel/channel-ports.ts";
import { Core } from "../core/core.ts";
import { replaceSettings } from "../core/core-settings.ts";
import type { HoldBack } from "../core/hold-back.ts";
import { systemClock } from "../lib/clock.ts";
import type { FaultPoint } from "../lib/fault-point.ts";
import type { Log } from "../lib/log.ts";
import { createModelCatalog, type OwnedModelCatalog } from "../models/model-catalog.ts";
import { dashboardPages } from "../server/http/dashboard-pages.ts";
import { metricsPage } from "../server/http/metrics-page.ts";
import type { BoundAddress } from "../server/port/listeners.ts";
import type { Port } from "../server/port/port.ts";
import { describeGateway, type GatewayProcess } from "../server/rpc/describe-gateway.ts";
import { registerServices } from "../server/rpc/services.ts";
import { Server } from "../server/server.ts";
import { BlobDirectory } from "../storage/blob/blob-directory.ts";
import { openStore } from "../storage/sqlite-store.ts";
import type { StateLock } from "../storage/state-lock.ts";
import { builtInTools } from "../tools/tool-list.ts";
import { careParts } from "./care.ts";
import { channelPorts } from "./channels.ts";
import type { Life } from "./life.ts";
import type { Plan } from "./plan.ts";
import { coreSettings, modelSettings } from "./settings.ts";
import type { GatewayTelemetry } from "./telemetry.ts";

/** What outlives the rooms. */
export interface House {
  readonly lock: StateLock;
  readonly port: Port;
  readonly life: Life;
  /** For rooms that do something nobody asked for just now. */
  readonly holdBack: HoldBack;
  /** Undefined for those the gateway brings. */
  readonly networks: NetworkCatalog | undefined;
  readonly faults: FaultPoint;
  readonly log: Log;
  readonly telemetry: GatewayTelemetry;
  /** What the process tells about itself and is told to do; the rooms add their state. */
  readonly process: Omit<GatewayProcess, "startTimeMs" | "state" | "clients" | "urls">;
}

/** A reader is asked to come back this soon after a restart in place, in ms: the port is open all the time. */
const comeBackMs = 50;

/** Calls in flight get this long to be answered, in ms. */
const closeMs = 2_000;

interface RoomParts {
  readonly core: Core;
  /** Why changes are refused now; undefined while they are taken. */
  readonly refusal: () => string | undefined;
  readonly models: OwnedModelCatalog;
  readonly closers: (() => unknown)[];
}

/** The rooms of one configuration. */
export class Rooms {
  readonly core: Core;
  #plan: Plan;
  readonly #models: OwnedModelCatalog;
  readonly #house: House;
  readonly #server: Server;
  readonly #process: GatewayProcess;
  readonly #closers: (() => unknown)[];
  #bound: readonly BoundAddress[] = [];

  private constructor(plan: Plan, house: House, parts: RoomParts) {
    this.#plan = plan;
    this.core = parts.core;
    this.#models = parts.models;
    this.#house = house;
    this.#closers = parts.closers;
    const { life, port } = house;
    this.#process = {
      ...house.process,
      startTimeMs: life.startTimeMs,
      state: () => life.state(parts.refusal()),
      clients: () => port.connections.clients(),
      urls: () => this.urls,
    };
    this.#server = this.#makeServer();
  }

  /**
   * Opens them, listening first: while they are opened, calls get STARTING, or are held if those before them left it so.
   * Fails like each of the rooms does, and then nothing is left open but the port.
   */
  static async open(plan: Plan, house: House): Promise<Rooms> {
    const { lock, faults, log } = house;
    const closers: (() => unknown)[] = [];
    let opened: Rooms | undefined;
    try {
      const store = await openStore({ lock, clock: systemClock, log: log.child({ component: "store" }), faults });
      closers.push(() => store.close());
      const models = createModelCatalog(modelSettings(plan.loaded), systemClock);
      closers.push(() => models.close());
      const settings = coreSettings(plan.loaded);
      const care = careParts({
        places: () => placesOf((opened?.plan ?? plan).loaded),
        version: house.process.version,
        readOnlyReason: () => store.refusal,
        fold: () => store.fold(),
      });
      const channels = channelPorts(plan.loaded, house);
      const tools = builtInTools();
      const files = new BlobDirectory(lock.stateDir);
      const parts = { store, models, tools, care, channels, files };
      const tracer = await house.telemetry.watchRuns(store, plan.loaded.config.diagnostics.otel);
      const core = new Core({ ...parts, settings, clock: systemClock, log, faults, tracer });
      const rooms = new Rooms(plan, house, { core, refusal: () => store.refusal, models, closers });
      opened = rooms;
      house.telemetry.watchRooms(core, rooms.#server);
      if (!house.port.holds) rooms.serve();
      rooms.#bound = await rooms.#server.listen();
      await core.start();
      return rooms;
    } catch (error) {
      await closeAll(closers);
      throw error;
    }
  }

  /** What they were opened by, and has been adopted since. */
  get plan(): Plan {
    return this.#plan;
  }

  /** What can be changed while the rest goes on, by the names the configuration's schema knows. */
  get parts(): readonly ReloadablePart[] {
    return [
      { name: "models", apply: (loaded) => this.#models.update(modelSettings(loaded)) },
      { name: "channels", apply: (loaded) => this.core.channels.apply(coreSettings(loaded).channels) },
    ];
  }

  /** Takes a configuration into force that differs in nothing a room was built with. */
  adopt(loaded: LoadedConfig): void {
    this.#plan = { ...this.#plan, loaded };
    replaceSettings(this.core.settings, coreSettings(loaded));
    this.#models.update(modelSettings(loaded));
  }

  /** Where the gateway can be reached: "http://127.0.0.1:18789", … At least one. */
  get urls(): readonly string[] {
    return this.#bound.map(({ host, port }) => urlOf(host, port, this.#secure));
  }

  /** Where it can be reached from this machine: loopback is always among the addresses, or every address is. */
  get localUrl(): string {
    return urlOf("127.0.0.1", this.#bound[0]?.port ?? 0, this.#secure);
  }

  /** From now on calls are answered, those first that were held. */
  serve(): void {
    this.#server.serve();
  }

  /** Writes into the event log what the gateway is now; a store that cannot be written is told in the log. */
  async tell(): Promise<void> {
    if (this.core.store.readOnlyReason !== undefined) return;
    try {
      const counts = await this.core.store.read(({ runs }) => runs.count());
      await this.core.recordGateway(describeGateway(this.core, this.#process, counts));
    } catch (error) {
      this.#house.log.warn({ err: error }, "the state of the gateway could not be written into the event log");
    }
  }

  /** The rooms that come next have this secret: if it is another one, the one before lets nobody in any more. */
  expect({ resolved: { auth }, secret }: Plan): void {
    const { credentials } = this.core.access;
    if (auth.mode !== "none") this.#server.useAuth({ mode: auth.mode, secret, credentials });
  }

  /** Ends everything, connections stay: what arrives is held for the rooms that come next. */
  async handOver(): Promise<void> {
    this.core.closeStreams(comeBackMs);
    await this.#server.retire(closeMs);
    await closeAll(this.#closers);
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.core.closeStreams();
    await this.#server.stop(closeMs);
    await closeAll(this.#closers);
  }

  get #secure(): boolean {
    return this.plan.certificate !== undefined;
  }

  #makeServer(): Server {
    const { resolved, certificate, secret } = this.plan;
    const { bind, port, auth, allowedHosts, allowedOrigins } = resolved;
    const { log, telemetry } = this.#house;
    return new Server(
      {
        listen: { hosts: bind.hosts, port: port.value },
        tls: certificate,
        auth: { mode: auth.mode, secret, credentials: this.core.access.credentials },
        allowedHosts,
        allowedOrigins,
        routes: (router) => registerServices(router, { core: this.core, process: this.#process, clock: systemClock }),
        state: () => this.#process.state(),
        log: log.child({ component: "door" }),
        clock: systemClock,
        pages: [metricsPage(telemetry.metrics), ...dashboardPages()],
        hooks: this.core.hooks,
        onCall: telemetry.onCall,
      },
      this.#house.port,
    );
  }
}

/** All of them, the last one first. */
async function closeAll(closers: (() => unknown)[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

function urlOf(host: string, port: number, secure: boolean): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return `${secure ? "https" : "http"}://${name}:${port}`;
}
