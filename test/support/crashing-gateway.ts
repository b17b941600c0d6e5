/** A gateway that is killed at named places, or at any moment, and started again on the same state. */

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createGatewayClient, type GatewayClient } from "../../src/client/gateway-client.ts";
import { checkPromises, untilIdle } from "./crash-checker.ts";
import { checkDatabase } from "./crash-database.ts";
import { CuttingProxy } from "./cutting-proxy.ts";
import { type GatewayProcess, removeHome, startGatewayProcess, testToken } from "./gateway-process.ts";
import { Load } from "./load.ts";
import { expectSameLog, LogReader, readLog } from "./log-reader.ts";
import type { SeededRandom } from "./seeded-random.ts";

const patienceMs = 20_000;

/** One state directory with work going on all the time, whether a process serves it or not. */
export class CrashingGateway {
  readonly load: Load;
  readonly #home: string;
  readonly #proxy: CuttingProxy;
  readonly #client: GatewayClient;
  #process: GatewayProcess | undefined;
  #working = true;
  #work: Promise<void> = Promise.resolve();
  /** Position the watcher began at. */
  #cursor = "";
  #log: LogReader | undefined;

  private constructor(parts: { home: string; proxy: CuttingProxy; random: SeededRandom }) {
    this.#home = parts.home;
    this.#proxy = parts.proxy;
    this.#client = createGatewayClient({ url: parts.proxy.url, token: testToken });
    this.load = new Load(() => this.#client, parts.random, ["a", "b", "c"]);
  }

  /** An empty state directory; no process serves it yet. */
  static async create(random: SeededRandom): Promise<CrashingGateway> {
    const home = await mkdtemp(join(tmpdir(), "openclaw-crash-"));
    const proxy = new CuttingProxy(1);
    await proxy.start();
    return new CrashingGateway({ home, proxy, random });
  }

  /** Starts a process that dies the `hit`th time it reaches the place, and resolves when it has died. */
  async dieAt(place: string, hit: number): Promise<void> {
    let started: GatewayProcess;
    try {
      started = await this.#start({ OPENCLAW_FAULT_POINT: `${place}:${hit}` });
    } catch (error) {
      // It died before anybody could use it, which is what it was asked for.
      expect(String(error)).to.match(/SIGKILL|fetch failed/);
      return;
    }
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`${place} was not reached ${hit} times`)), patienceMs);
    const end = await Promise.race([started.exited, late]).finally(() => clearTimeout(timer));
    expect(end, started.log()).to.equal("SIGKILL");
  }

  /** Starts a process that goes on until it is killed after `ms`. */
  async dieAfter(ms: number): Promise<void> {
    const started = await this.#start({});
    await new Promise((resolve) => setTimeout(resolve, ms));
    await started.kill();
  }

  /** Starts a process that stays, lets all work end, and proves that every promise was kept. */
  async checkAll(): Promise<void> {
    const last = await this.#start({});
    const client = createGatewayClient({ url: last.url, token: testToken });
    this.#working = false;
    await this.#work;
    await untilIdle(client);
    const log = await checkPromises(client, this.load);
    await this.#log?.finish(log.length);
    const [first] = await readLog(client, this.#cursor);
    expectSameLog(this.#log?.events ?? [], log, Number(first?.sequence) - 1);
    await last.stop();
    checkDatabase(this.#home);
  }

  async close(): Promise<void> {
    this.load.stop();
    this.#log?.leave();
    await this.#process?.kill();
    await this.#proxy.stop();
    await removeHome(this.#home);
  }

  async #start(environment: Readonly<Record<string, string>>): Promise<GatewayProcess> {
    const started = await startGatewayProcess({ home: this.#home, environment });
    this.#process = started;
    this.#proxy.retarget(Number(new URL(started.url).port));
    if (this.#log === undefined) await this.#begin(started);
    return started;
  }

  /** The work begins when the first process is there, and a watcher that sees all of it. */
  async #begin(started: GatewayProcess): Promise<void> {
    const direct = createGatewayClient({ url: started.url, token: testToken });
    const { cursor } = await direct.gateway.getGateway({});
    this.#cursor = cursor;
    this.#log = new LogReader(this.#client, cursor);
    this.#work = this.load.open().then(() => this.load.runWhile(() => this.#working));
    this.#work.catch(() => {});
  }
}
