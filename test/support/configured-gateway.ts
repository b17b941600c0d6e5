/** A gateway in this process with a configuration file of its own, for tests that change it. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Config, createGatewayClient, type GatewayClient } from "../../src/client/gateway-client.ts";
import type { Environment } from "../../src/config/environment.ts";
import type { LoadedConfig } from "../../src/config/load-config.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { type Gateway, startGateway } from "../../src/gateway.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { JsonLog } from "../../src/lib/log/json-log.ts";
import { testToken } from "./gateway-process.ts";

/** The gateway and its home. */
export class ConfiguredGateway {
  readonly home = mkdtempSync(join(tmpdir(), "openclaw-config-gateway-"));
  readonly path = join(this.home, ".openclaw/openclaw.json");
  readonly log = new JsonLog({ level: "debug", clock: systemClock });
  readonly #environment: Environment;
  #gateway: Gateway | undefined;

  /** `text` is the file it starts with; it must keep port and token, see `base`. */
  constructor(text: string | undefined, environment: Environment = {}) {
    this.#environment = {
      OPENCLAW_GATEWAY_TOKEN: testToken,
      OPENCLAW_GATEWAY_PORT: "0",
      ...environment,
    };
    if (text !== undefined) this.write(text);
  }

  get gateway(): Gateway {
    if (this.#gateway === undefined) throw new Error("the gateway of this test does not run");
    return this.#gateway;
  }

  get client(): GatewayClient {
    return createGatewayClient({ url: this.gateway.urls[0] as string, token: testToken });
  }

  get text(): string {
    return readFileSync(this.path, "utf8");
  }

  /** A file of the state folder. */
  readState(name: string): string {
    return readFileSync(join(dirname(this.path), name), "utf8");
  }

  /** Writes a file as an editor does, by its path from the folder of the configuration. */
  write(text: string, name = "openclaw.json"): void {
    const path = join(dirname(this.path), name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }

  async start(): Promise<GatewayClient> {
    const load = (previous?: LoadedConfig): Promise<LoadedConfig> =>
      loadConfig({ environment: this.#environment, home: this.home }, { previousSecrets: previous?.secrets });
    this.#gateway = await startGateway({
      loaded: await load(),
      reload: load,
      flags: {},
      version: "0.0.0-test",
      log: this.log,
    });
    return this.client;
  }

  async stop(): Promise<void> {
    await this.#gateway?.stop(0, "the test is over");
    this.#gateway = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Resolves when callers are told a configuration that fits; asks whenever the gateway says that something changed. */
  async seen(fits: (config: Config) => boolean): Promise<Config> {
    const { cursor } = await this.client.gateway.getGateway({});
    const steps = this.client.followEvents({ cursor, subjects: ["gateway"] })[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { config } = await this.client.config.getConfig({});
        if (config !== undefined && fits(config)) return config;
        await steps.next();
      }
    } finally {
      await steps.return?.(undefined);
    }
  }

  /** Resolves when what is in force is what is on the disk. */
  async inForce(): Promise<void> {
    await this.seen((config) => config.etag === config.appliedEtag && config.problems.length === 0);
  }
}
