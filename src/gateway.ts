/** The gateway: what outlives its rooms. Takes the state directory, opens the rooms, restarts them in place, and ends. */

import { adjustLog } from "./config/adjust-log.ts";
import type { LoadedConfig } from "./config/load-config.ts";
import type { LiveConfig } from "./config/reload/live-config.ts";
import type { ResolvedGateway } from "./config/resolve-gateway.ts";
import { restartRefused } from "./core/errors.ts";
import { GatewayConfiguration } from "./gateway/config/configuration.ts";
import { type ConfiguredGateway, openLiveConfig } from "./gateway/config/live-config.ts";
import { Life } from "./gateway/life.ts";
import type { GatewayOptions } from "./gateway/options.ts";
import { isOperators, makePlan, type Plan, refusalText } from "./gateway/plan.ts";
import { type RestartOrder, Restarts } from "./gateway/restarts.ts";
import { type House, Rooms } from "./gateway/rooms.ts";
import { SafeMode } from "./gateway/safe-mode.ts";
import { faultPoint } from "./gateway/settings.ts";
import { GatewayTelemetry } from "./gateway/telemetry.ts";
import { systemClock } from "./lib/clock.ts";
import { IdleMemory } from "./lib/host/idle-memory.ts";
import { Port } from "./server/port/port.ts";
import type { ShutDownOrder } from "./server/rpc/describe-gateway.ts";
import { defaultLimits } from "./server/server-options.ts";
import type { TlsCertificate } from "./server/tls-certificate.ts";
import { BootRecord } from "./storage/boot-record.ts";
import { acquireStateLock, type StateLock } from "./storage/state-lock.ts";

/** How a restart is asked for; by default it lets runs go on for 10 s and waits for nothing else. */
export type RestartOptions = Partial<Omit<RestartOrder, "reason">>;

const usualGraceMs = 10_000;

/** A gateway that runs. */
export class Gateway {
  /** Resolves when the gateway has stopped, whoever stopped it; rejects when a restart left nothing that could go on. */
  readonly stopped: Promise<void>;
  readonly #options: GatewayOptions;
  readonly #config: LiveConfig;
  readonly #house: House;
  readonly #boots: BootRecord;
  readonly #safeMode: SafeMode;
  readonly #restarts: Restarts;
  readonly #memory = new IdleMemory();
  readonly #end = Promise.withResolvers<void>();
  #rooms: Rooms | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(options: GatewayOptions, lock: StateLock, plan: Plan) {
    const { version, log } = options;
    this.stopped = this.#end.promise;
    this.#options = options;
    this.#boots = new BootRecord(lock.stateDir, systemClock);
    this.#safeMode = new SafeMode(this.#boots, log);
    this.#restarts = new Restarts({
      cooldownMs: () => this.#current.plan.loaded.config.commands.restartCooldownSeconds * 1_000,
      activeRuns: () => this.#current.core.activeRuns,
      check: () => this.#check(),
      perform: (order, hurry) => this.#perform(order, hurry),
      log,
    });
    this.#config = openLiveConfig({ options, loaded: plan.loaded, gateway: this.#running() });
    this.#house = {
      lock,
      port: new Port({ limits: defaultLimits, clock: systemClock, log: log.child({ component: "door" }) }),
      life: new Life(() => this.#safeMode.current),
      holdBack: this.#safeMode,
      networks: options.networks,
      faults: faultPoint(plan.loaded.environment),
      log,
      telemetry: new GatewayTelemetry(version, log),
      process: {
        version,
        configuration: new GatewayConfiguration(this.#config),
        logs: log,
        heldBack: () => this.#safeMode.current,
        restartStatus: () => this.#restarts.status,
        shutDown: (order) => this.#shutDown(order),
      },
    };
  }

  /** See `startGateway`. */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const { loaded, flags, log } = options;
    for (const warning of loaded.warnings) log.warn({}, warning);
    const owner = { pid: process.pid, startTimeMs: systemClock.nowMs(), log: log.path };
    const lock = acquireStateLock(loaded.stateDir, owner, loaded.path);
    const plan = await makePlan(loaded, flags).catch((error: unknown) => {
      lock.release();
      throw error;
    });
    const gateway = new Gateway(options, lock, plan);
    try {
      await gateway.#open(plan);
    } catch (error) {
      gateway.#release(isOperators(error));
      throw error;
    }
    // Before anything is waited for: nobody is told twice that it is over.
    gateway.#safeMode.whenOver(() => void gateway.#current.tell());
    await gateway.#config.start();
    return gateway;
  }

  /** What was decided about port, bind, authentication and TLS. */
  get resolved(): ResolvedGateway {
    return this.#current.plan.resolved;
  }

  /** The configuration in force. */
  get loaded(): LoadedConfig {
    return this.#current.plan.loaded;
  }

  /** Takes a configuration into force that needs no restart: what is read when it is used is read from there. */
  adopt(loaded: LoadedConfig): void {
    this.#current.adopt(loaded);
    adjustLog(this.#options.log, loaded);
  }

  /** Where it can be reached: "http://127.0.0.1:18789", … At least one. */
  get urls(): readonly string[] {
    return this.#current.urls;
  }

  /** The certificate it serves with; undefined without TLS. */
  get certificate(): TlsCertificate | undefined {
    return this.#current.plan.certificate;
  }

  /**
   * Restarts in place with the configuration on disk: no run starts any more, active runs get `graceMs` and go on afterwards,
   * then all rooms are closed and opened anew, while the port stays open and calls wait. Resolves when that is seen to, with
   * the time it begins at the earliest, ms since the epoch. Fails with CONFIG_INVALID when the gateway would not come back.
   */
  async restart(reason: string, options: RestartOptions = {}): Promise<number> {
    const { graceMs = usualGraceMs, idleMs = 0, force = false } = options;
    try {
      return await this.#restarts.request({ reason, graceMs, idleMs, force });
    } catch (error) {
      const why = refusalText(error);
      throw why === undefined ? error : restartRefused(why, error);
    }
  }

  /**
   * Stops: no run starts any more, active runs get `graceMs` to end and go on at the next start if they do not, streams end
   * with UNAVAILABLE and calls in flight are answered. Resolves when everything is closed; repeating it changes nothing.
   */
  stop(graceMs: number, reason: string): Promise<void> {
    this.#stopping ??= this.#stop(graceMs, reason);
    return this.#stopping;
  }

  /** Writes down that the process ends because it was told to, for whoever cannot wait until it has stopped. */
  abandon(): void {
    this.#boots.stopped();
  }

  get #current(): Rooms {
    if (this.#rooms === undefined) throw new Error("the gateway has no rooms yet");
    return this.#rooms;
  }

  /** What the configuration changes while it runs. */
  #running(): ConfiguredGateway {
    const current = (): Rooms => this.#current;
    return {
      get parts() {
        return current().parts;
      },
      adopt: (loaded) => this.adopt(loaded),
      restart: async (reason) => void (await this.restart(reason)),
      changed: () => this.#current.tell(),
    };
  }

  async #open(plan: Plan): Promise<void> {
    const { lock, life } = this.#house;
    this.#config.restarted(plan.loaded);
    adjustLog(this.#options.log, plan.loaded);
    this.#options.log.redactor.add([plan.secret]);
    const rooms = await Rooms.open(plan, this.#house);
    this.#rooms = rooms;
    life.ready();
    await rooms.tell();
    rooms.serve();
    lock.announce(rooms.localUrl, life.startTimeMs);
  }

  async #stop(graceMs: number, reason: string): Promise<void> {
    const { life, log } = this.#house;
    await this.#config.stop();
    await this.#restarts.stop(graceMs);
    const rooms = this.#current;
    life.drain(reason);
    log.info({ reason, graceMs, activeRuns: rooms.core.activeRuns }, "stopping");
    await rooms.tell();
    const left = await rooms.core.drain(graceMs);
    if (left > 0) log.warn({ left }, "runs were still active; they go on at the next start");
    await rooms.close();
    await this.#house.telemetry.close();
    this.#release(true);
    log.info({}, "stopped");
    this.#end.resolve();
  }

  #release(clean: boolean): void {
    this.#memory.stop();
    this.#safeMode.stop();
    if (clean) this.#boots.stopped();
    this.#house.port.closeListeners();
    this.#house.port.destroy();
    this.#house.lock.release();
  }

  async #shutDown({ restart, graceMs, idleMs, reason, force }: ShutDownOrder): Promise<number> {
    if (restart) return this.restart(reason, { graceMs, idleMs, force });
    void this.stop(force ? 0 : graceMs, reason);
    return systemClock.nowMs();
  }

  /** The plan for the configuration on disk. */
  async #plan(): Promise<Plan> {
    const before = this.#current.plan.loaded;
    const { reload, flags } = this.#options;
    return makePlan(await reload(before), flags, before.stateDir);
  }

  async #check(): Promise<Plan> {
    const plan = await this.#plan();
    const { bind, port } = plan.resolved;
    await this.#house.port.check({ hosts: bind.hosts, port: port.value });
    return plan;
  }

  async #perform({ reason, graceMs, force }: RestartOrder, hurry: AbortSignal): Promise<void> {
    const { life, log, faults } = this.#house;
    const checked = await this.#check();
    const rooms = this.#current;
    rooms.expect(checked);
    life.drain(`restarting: ${reason}`);
    log.info({ reason, graceMs, activeRuns: rooms.core.activeRuns }, "restarting");
    await rooms.tell();
    const left = await rooms.core.drain(force ? 0 : graceMs, hurry);
    if (left > 0) log.info({ left }, "runs were still active; they go on after the restart");
    faults("restart.drained");
    if (this.#stopping !== undefined) return;
    // A configuration that was written while runs ended is the one that is meant, unless it is wrong; a later one is not.
    this.#restarts.closes();
    const plan = await this.#plan().catch(() => checked);
    this.#options.onRestart?.("reloading", this);
    await rooms.handOver();
    this.#restarts.happens();
    faults("restart.closed");
    const trouble = await this.#reopen(plan, rooms.plan);
    faults("restart.opened");
    log.info({ urls: this.urls }, "restarted");
    this.#options.onRestart?.("ready", this);
    if (trouble !== undefined) throw trouble;
  }

  /**
   * Opens rooms by the plan or, when those do not open, by the one before; returns why then. When nothing opens, the gateway
   * ends.
   */
  async #reopen(plan: Plan, before: Plan): Promise<unknown> {
    const { life, log } = this.#house;
    life.restarted();
    try {
      await this.#open(plan);
      return undefined;
    } catch (error) {
      log.error(
        { err: error },
        "the gateway does not come back with the new configuration; it goes on with the old one",
      );
      await this.#open(before).catch((fatal: unknown) => this.#die(fatal));
      return error;
    }
  }

  #die(error: unknown): never {
    void this.#restarts.stop(0);
    this.#release(false);
    this.#end.reject(error);
    throw error;
  }
}

/**
 * Starts a gateway and resolves when it is ready. Fails with a ConfigError for a configuration that cannot be run, a
 * StateLockedError when another gateway has the state directory, a ListenError when the port cannot be had.
 */
export function startGateway(options: GatewayOptions): Promise<Gateway> {
  return Gateway.start(options);
}
