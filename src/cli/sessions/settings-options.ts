/** Options that say what runs of a session use. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
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
export function sessionFrom(options: OptionValues<typeof settingsOptions>) {
  const { model, thinking, "max-output": maxOutputTokens } = options;
  const settings = { model, thinking, maxOutputTokens };
  const some = Object.values(settings).some((value) => value !== undefined);
  return {
    title: options.title,
    ...(some ? { settings } : {}),
    ...(options.label.length > 0 ? { labels: Object.fromEntries(labelPairs(options.label)) } : {}),
  } satisfies MessageInitShape<typeof SessionSchema>;
}
