/** Options that say what runs of a session use, and how it behaves on channels. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SessionSchema } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { OptionValues } from "../../command/command.ts";
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

/** Options that say how a session behaves on channels. */
export const chatOptions = {
  send: { kind: "text", value: "on|off", help: "whether answers leave through channels", choices: ["on", "off"] },
  activation: {
    kind: "text",
    value: "mention|always",
    help: "which messages of a group are answered",
    choices: ["mention", "always"],
  },
  usage: {
    kind: "text",
    value: "off|tokens|full",
    help: "what stands under answers on channels",
    choices: ["off", "tokens", "full"],
  },
  queue: {
    kind: "text",
    value: "mode",
    help: "what messages do while the session is busy",
    choices: ["steer", "followup", "collect", "interrupt"],
  },
  "queue-debounce": {
    kind: "number",
    value: "ms",
    help: "how long a collecting run waits for more",
    min: 0,
    max: 600_000,
  },
  "queue-cap": { kind: "number", value: "n", help: "how many messages may wait meanwhile", min: 1, max: 1_000 },
} as const;

/** The settings that were given; what was not is absent. */
export function chatFrom({ send, activation, usage, queue, ...rest }: OptionValues<typeof chatOptions>) {
  const queueMode = queue === "followup" ? "follow_up" : queue;
  return { send, activation, usage, queueMode, queueDebounceMs: rest["queue-debounce"], queueCap: rest["queue-cap"] };
}
