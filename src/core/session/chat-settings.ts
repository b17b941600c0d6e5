/** How a session behaves on channels: what a caller may set, and how a field mask picks it. */

import { create } from "@bufbuild/protobuf";
import { type ChatSettings, ChatSettingsSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { FieldViolation } from "../errors.ts";

const choices = {
  send: ["on", "off"],
  activation: ["mention", "always"],
  usage: ["off", "tokens", "full"],
  queueMode: ["steer", "follow_up", "collect", "interrupt"],
} as const;

/** Numbers, from the least to the most they may be. */
const ranges = { queueDebounceMs: [0, 600_000], queueCap: [1, 1_000] } as const;

const fieldByPath = {
  "chat.send": "send",
  "chat.activation": "activation",
  "chat.usage": "usage",
  "chat.queue_mode": "queueMode",
  "chat.queue_debounce_ms": "queueDebounceMs",
  "chat.queue_cap": "queueCap",
} as const;

type ChatPath = keyof typeof fieldByPath;

/** Paths of a mask for single settings. */
export const chatPaths = Object.keys(fieldByPath) as ChatPath[];

/** What is wrong with the settings. */
export function chatViolations(chat: ChatSettings | undefined, field: string): FieldViolation[] {
  return chatPaths.flatMap((path) => {
    const name = fieldByPath[path];
    const value = chat?.[name];
    const problem = value === undefined ? undefined : problemOf(name, value);
    return problem === undefined ? [] : [{ field: `${field}.${path}`, description: problem }];
  });
}

/** The paths of what is set. */
export function setChatPaths(chat: ChatSettings | undefined): string[] {
  return chatPaths.filter((path) => chat?.[fieldByPath[path]] !== undefined);
}

/** The settings with the one a path names taken from `wanted`; unset there, it is inherited again. */
export function withChat(chat: ChatSettings | undefined, wanted: ChatSettings | undefined, path: string): ChatSettings {
  const field = fieldByPath[path as ChatPath];
  return { ...create(ChatSettingsSchema, chat ?? {}), [field]: wanted?.[field] };
}

function problemOf(name: (typeof fieldByPath)[ChatPath], value: string | number): string | undefined {
  if (name === "queueDebounceMs" || name === "queueCap") {
    const [least, most] = ranges[name];
    return Number(value) < least || Number(value) > most ? `is not between ${least} and ${most}` : undefined;
  }
  const known: readonly string[] = choices[name];
  return known.includes(String(value)) ? undefined : `"${value}" is none of ${known.join(", ")}`;
}
