/** The command for what messages do while a session is busy. */

import { channelOf } from "../channel/channel-names.ts";
import type { QueueSettings } from "../core-settings.ts";
import { idOf } from "../names.ts";
import { type Command, type CommandCall, type CommandEnd, type CommandRooms, changeChat } from "./command.ts";

/** What messages do while something is going on. */
export const queueCommand: Command = {
  name: "queue",
  aliases: [],
  usage: "[steer | followup | collect | interrupt | default] [debounce:2s] [cap:25]",
  summary: "what your messages do while I am busy",
  inside: "(?:steer|followup|collect|interrupt)(?:\\s+(?:debounce|cap|drop):\\S+)*",
  run: async (call, { settings }) => {
    const words = call.args.toLowerCase().split(/\s+/).filter(Boolean);
    const usual = usualQueue(call, settings);
    if (words.length === 0) return { reply: stateOf(call, usual) };
    if (words[0] === "default") return inheritAll(call, usual);
    const change = readWords(words);
    if (typeof change === "string") return { reply: change };
    const { queueMode } = change;
    if (call.within && queueMode !== undefined) {
      return { reply: "", hint: { queueMode: queueMode === "follow_up" ? "followUp" : queueMode } };
    }
    const session = await changeChat(call, change);
    return { reply: stateOf({ session }, usual) };
  },
};

/** What the configuration says of the queue of a session that is written to from there. */
export function usualQueue(
  { conversation }: Pick<CommandCall, "conversation">,
  { queue, messaging }: Pick<CommandRooms["settings"], "queue" | "messaging">,
): QueueSettings {
  const [kind = ""] = idOf(channelOf(conversation)).split(":");
  return { ...queue, mode: messaging.queueModeByChannel[kind] ?? queue.mode };
}

const modes = { steer: "steer", followup: "follow_up", collect: "collect", interrupt: "interrupt" } as const;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

interface QueueChange {
  queueMode?: (typeof modes)[keyof typeof modes];
  queueDebounceMs?: number;
  queueCap?: number;
}

/** What the words ask for, or what is wrong with them. */
function readWords(words: readonly string[]): QueueChange | string {
  const change: QueueChange = {};
  for (const word of words) {
    const [key = "", value = ""] = word.split(":");
    if (Object.hasOwn(modes, word)) change.queueMode = modes[word as keyof typeof modes];
    else if (key === "debounce") {
      const [, amount = "", unit = "ms"] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m)?$/.exec(value) ?? [];
      const ms = Math.round(Number(amount) * (unitMs[unit] ?? 1));
      if (amount === "" || ms > 600_000) return `debounce is a time up to 10m, like debounce:2s; not "${value}".`;
      change.queueDebounceMs = ms;
    } else if (key === "cap") {
      const cap = /^\d{1,4}$/.test(value) ? Number(value) : 0;
      if (cap < 1 || cap > 1_000) return `cap is how many messages may wait, 1 to 1000; not "${value}".`;
      change.queueCap = cap;
    } else if (key === "drop" && value !== "new") {
      return "I drop nothing I have taken: what comes when the queue is full is refused.";
    } else if (key !== "drop") {
      return `I do not know "${word}". Choose steer, followup, collect, interrupt or default; debounce:2s and cap:25 may follow.`;
    }
  }
  return change;
}

async function inheritAll(call: CommandCall, queue: QueueSettings): Promise<CommandEnd> {
  const session = await changeChat(call, { queueMode: undefined, queueDebounceMs: undefined, queueCap: undefined });
  return { reply: stateOf({ session }, queue) };
}

function stateOf({ session: { chat } }: Pick<CommandCall, "session">, queue: QueueSettings): string {
  const mode = (chat?.queueMode ?? queue.mode).replace("_", "").toLowerCase();
  const debounceMs = chat?.queueDebounceMs ?? queue.debounceMs;
  return `While I am busy your messages ${does[mode] ?? mode} (${mode}); debounce ${debounceMs} ms, at most ${chat?.queueCap ?? queue.cap} wait.`;
}

const does: Readonly<Record<string, string>> = {
  steer: "steer what I am at",
  followup: "wait for their turn",
  collect: "are collected and answered together",
  interrupt: "break off what I am at",
  reject: "are refused",
};
