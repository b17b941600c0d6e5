/** Options that say what runs of a session use. */

import type { RunSettingsJson, SessionJson } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { OptionValues } from "../command/command.ts";
import { labelPairs } from "./labels.ts";

/** How much a model may think. */
export const thinkingLevels = ["off", "minimal", "low", "medium", "high"] as const;

/** Options of commands that create or change a session. */
export const settingsOptions = {
  title: { kind: "text", value: "text", help: "shown to people" },
  model: { kind: "text", value: "provider/model", help: "model its runs use" },
  thinking: { kind: "text", value: "level", help: "how much the model thinks first", choices: thinkingLevels },
  "max-output": { kind: "number", value: "tokens", help: "most tokens one answer may take", min: 1, max: 1_000_000 },
  label: { kind: "list", value: "key=value", help: "a label" },
} as const;

/** Title, labels and settings that were given; what was not is absent. */
export function sessionFrom(options: OptionValues<typeof settingsOptions>): SessionJson {
  const settings: RunSettingsJson = {
    model: options.model,
    thinking: options.thinking,
    maxOutputTokens: options["max-output"],
  };
  const some = Object.values(settings).some((value) => value !== undefined);
  return {
    title: options.title,
    ...(some ? { settings } : {}),
    ...(options.label.length > 0 ? { labels: Object.fromEntries(labelPairs(options.label)) } : {}),
  };
}
