/** From the configuration to what each room is told. */

import { resolveChannels } from "../config/channels/resolve-channels.ts";
import { resolveMessaging } from "../config/channels/resolve-messaging.ts";
import type { AgentConfig, Config } from "../config/config.ts";
import { type Environment, readVariable } from "../config/environment.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import { modelEnvironment } from "../config/resolve-gateway.ts";
import {
  type CompactionSettings,
  type CoreSettings,
  defaultSettings,
  type QueueMode,
  type QueueSettings,
} from "../core/core-settings.ts";
import { type FaultPoint, killAt, noFaults } from "../lib/fault-point.ts";
import type { ModelSettings } from "../models/model-settings.ts";

const queueModes: Readonly<Record<Config["messages"]["queue"]["mode"], QueueMode>> = {
  steer: "steer",
  followup: "followUp",
  collect: "collect",
  interrupt: "interrupt",
};

function queueSettings({ mode, cap, maxBytes, debounceMs }: Config["messages"]["queue"]): QueueSettings {
  return { mode: queueModes[mode], cap, maxBytes, debounceMs };
}

/** What core is told. */
export function coreSettings({ config, environment, unresolved, unresolvedSecrets }: LoadedConfig): CoreSettings {
  const { agents, messages, events, blobs, channels } = config;
  const { defaults } = agents;
  const { retention } = events;
  const zone = machineZone();
  const missing = [...unresolved.keys(), ...unresolvedSecrets.keys()];
  return {
    agent: {
      model: defaults.model.primary,
      fallbacks: defaults.model.fallbacks,
      thinking: defaults.thinkingDefault,
      maxOutputTokens: undefined,
      instructions: defaults.instructions,
      contextTokens: defaults.contextTokens,
    },
    compaction: compactionSettings(defaults.compaction),
    queue: queueSettings(messages.queue),
    run: {
      ...defaultSettings.run,
      maxConcurrent: defaults.maxConcurrent,
      timeoutMs: defaults.timeoutSeconds * 1_000,
      maxSteps: defaults.maxSteps,
    },
    retry: defaultSettings.retry,
    blobs,
    retention: {
      maxAgeMs: retention.maxAgeDays * 86_400_000,
      maxEvents: retention.maxEvents,
      maxBytes: retention.maxBytes,
    },
    messaging: resolveMessaging(config),
    channels: resolveChannels(channels, { messages, environment, missing }),
    get timeZone() {
      return zone();
    },
  };
}

/** The zone of the machine, which may be changed while it runs; asked once a minute, because asking takes a third of a ms. */
function machineZone(): () => string {
  let known = "";
  let askedMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = performance.now();
    if (nowMs - askedMs < 60_000) return known;
    askedMs = nowMs;
    known = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return known;
  };
}

function compactionSettings({ timeoutSeconds, model, ...kept }: AgentConfig["compaction"]): CompactionSettings {
  return { ...kept, model, timeoutMs: timeoutSeconds * 1_000 };
}

/** What the models wing is told. */
export function modelSettings({ config, environment, unresolvedSecrets }: LoadedConfig): ModelSettings {
  return {
    providers: config.models.providers,
    problems: providerProblems(config, unresolvedSecrets),
    environment: modelEnvironment(environment),
    defaultModel: config.agents.defaults.model.primary,
  };
}

/** A provider whose secret cannot be had is not used with another one, or with none. */
function providerProblems({ models }: Config, unresolved: LoadedConfig["unresolvedSecrets"]): Record<string, string> {
  const problems = Object.keys(models.providers).flatMap((id) => {
    const key = [...unresolved.keys()].find((path) => path.startsWith(`models.providers.${id}.`));
    return key === undefined ? [] : [[id, `the secret of ${key} cannot be had: ${unresolved.get(key)}`]];
  });
  return Object.fromEntries(problems);
}

/**
 * The fault a crash test asks for: OPENCLAW_FAULT_POINT="place" or "place:hit" kills the process there. Any other process
 * has none.
 */
export function faultPoint(environment: Environment): FaultPoint {
  const wanted = readVariable(environment, "OPENCLAW_FAULT_POINT");
  if (wanted === undefined) return noFaults;
  const [place = "", hit = "1"] = wanted.split(":");
  return killAt(place, Number(hit));
}
