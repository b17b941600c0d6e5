/** Starts and stops one core on a state directory, as the gateway does, without a wire. */

import { join } from "node:path";
import { loadNetwork } from "../../src/channels/network-list.ts";
import type { Model } from "../../src/core/agent/model.ts";
import type { Tool } from "../../src/core/agent/tool.ts";
import type { ChannelPorts } from "../../src/core/channel/channel-ports.ts";
import { Core } from "../../src/core/core.ts";
import { type CoreSettings, defaultSettings } from "../../src/core/core-settings.ts";
import type { Store } from "../../src/core/store.ts";
import { careParts } from "../../src/gateway/care.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { type FaultPoint, noFaults } from "../../src/lib/fault-point.ts";
import { type Log, silentLog } from "../../src/lib/log.ts";
import { BlobDirectory } from "../../src/storage/blob/blob-directory.ts";
import { CredentialFiles } from "../../src/storage/channel/credential-files.ts";
import { openStore, type SqliteStore } from "../../src/storage/sqlite-store.ts";
import { acquireStateLock } from "../../src/storage/state-lock.ts";
import { ScriptedCatalog } from "./scripted-model.ts";

/** Settings that differ from the defaults, group by group. */
export type SettingsOverrides = {
  readonly [Group in Exclude<keyof CoreSettings, "channels">]?: Partial<CoreSettings[Group]>;
} & { readonly channels?: CoreSettings["channels"] };

/** What a core is started with. */
export interface CoreProcessOptions {
  readonly settings?: SettingsOverrides;
  /** The first one is the default model. */
  readonly models?: readonly Model[];
  readonly tools?: readonly Tool[];
  /** Puts something between core and store. */
  readonly wrapStore?: (store: Store) => Store;
  readonly faults?: FaultPoint;
  readonly log?: Log;
  /** Networks of the channels in `settings.channels`; none without. */
  readonly channels?: Partial<ChannelPorts>;
  /** Told of every core that was started. */
  readonly started?: (core: Core) => void;
}

/** A core at work. */
export interface CoreProcess {
  readonly core: Core;
  readonly store: SqliteStore;
  readonly log: Log;
  /** Ends the workers without ending their runs, and gives the files back. */
  stop(): Promise<void>;
}

/** Opens the store in `stateDir` and starts a core on it. */
export async function startCore(stateDir: string, clock: Clock, options: CoreProcessOptions): Promise<CoreProcess> {
  const { models = [], tools = [], wrapStore = (store) => store, faults = noFaults, log = silentLog } = options;
  const lock = acquireStateLock(stateDir, { pid: process.pid, startTimeMs: clock.nowMs() });
  const store = await openStore({ lock, clock, log, faults });
  const settings = testSettings(options.settings ?? {}, models[0]?.reference ?? "test/none");
  const catalog = new ScriptedCatalog(models);
  const workspace = join(stateDir, "workspace");
  const places = { stateDir, configPath: join(stateDir, "openclaw.json"), includes: [], workspace };
  const care = careParts({ places: () => places, version: "0.0.0-test", fold: () => store.fold() });
  const credentials = new CredentialFiles(stateDir);
  const drivers = (): never => {
    throw new Error("this test has no remote channels");
  };
  const configuration = {
    changeChannel: async (): Promise<never> => {
      throw new Error("this test has no configuration");
    },
  };
  const channels = { networks: { load: loadNetwork }, credentials, configuration, drivers, ...options.channels };
  const core = new Core({
    store: wrapStore(store),
    models: catalog,
    tools,
    care,
    channels,
    files: new BlobDirectory(stateDir),
    settings,
    clock,
    log,
    faults,
  });
  try {
    await core.start();
  } catch (error) {
    await store.close();
    lock.release();
    throw error;
  }
  options.started?.(core);
  return {
    core,
    store,
    log,
    stop: async () => {
      await core.drain(0);
      core.closeStreams();
      await store.close();
      lock.release();
    },
  };
}

/** Defaults with quick retries, so that a test that makes a model fail does not wait. */
function testSettings(overrides: SettingsOverrides, model: string): CoreSettings {
  const { agent, compaction, queue, run, retry, retention, messaging, blobs } = defaultSettings;
  const quick = { tries: 3, baseMs: 1, capMs: 2, retryAfterCapMs: 5, overloadRounds: 2, overloadBaseMs: 1 };
  return {
    agent: { ...agent, model, ...overrides.agent },
    compaction: { ...compaction, ...overrides.compaction },
    queue: { ...queue, debounceMs: 20, ...overrides.queue },
    run: { ...run, ...overrides.run },
    retry: { ...retry, ...quick, ...overrides.retry },
    retention: { ...retention, ...overrides.retention },
    blobs,
    messaging: { ...messaging, ...overrides.messaging },
    channels: overrides.channels ?? [],
    timeZone: "UTC",
  };
}
