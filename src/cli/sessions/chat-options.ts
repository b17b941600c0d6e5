/** Options that say how a session behaves on channels. */

import type { OptionValues } from "../command/command.ts";

/** Options of commands that change a session. */
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
} as const;

/** The settings that were given; what was not is absent. */
export function chatFrom({ send, activation, usage, queue }: OptionValues<typeof chatOptions>) {
  return { send, activation, usage, queueMode: queue === "followup" ? "follow_up" : queue };
}
