/** Commands that change how a session is answered. */

import { create } from "@bufbuild/protobuf";
import { RunSettingsSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { AgentSettings } from "../core-settings.ts";
import { type Command, type CommandCall, type CommandEnd, changeChat } from "./command.ts";

/** How much models think first. */
const levels: readonly string[] = ["off", "minimal", "low", "medium", "high"];

/** How much the model thinks before it answers. */
export const thinkCommand: Command = {
  name: "think",
  aliases: ["t", "thinking"],
  usage: "[off | minimal | low | medium | high | default]",
  summary: "how much I think first; in a message, for that one",
  inside: "off|minimal|low|medium|high",
  run: (call, { settings }) => changeThinking(call, settings.agent),
};

/** Which messages of a group are answered. */
export const activationCommand: Command = {
  name: "activation",
  aliases: [],
  usage: "mention | always | default",
  summary: "which messages of this group I answer",
  ownerOnly: true,
  groupsOnly: true,
  run: async (call) => {
    const wanted = call.args.toLowerCase();
    if (wanted === "default") return done(call, { activation: undefined }, "I answer as configured.");
    if (wanted === "mention") return done(call, { activation: wanted }, "I answer when I am mentioned.");
    if (wanted === "always") return done(call, { activation: wanted }, "I answer every message here.");
    return { reply: `Now: ${call.session.chat?.activation ?? "as configured"}. Choose mention, always or default.` };
  },
};

/** Whether answers leave. */
export const sendCommand: Command = {
  name: "send",
  aliases: [],
  usage: "on | off | inherit",
  summary: "whether my answers leave this session",
  ownerOnly: true,
  run: async (call) => {
    const wanted = call.args.toLowerCase();
    if (wanted === "inherit") return done(call, { send: undefined }, "Answers leave as configured.");
    if (wanted === "on") return done(call, { send: wanted }, "Answers leave.");
    if (wanted === "off") return done(call, { send: wanted }, "Answers are kept here; /send on lets them leave again.");
    return { reply: `Now: ${call.session.chat?.send ?? "as configured"}. Choose on, off or inherit.` };
  },
};

async function done(call: CommandCall, changes: Parameters<typeof changeChat>[1], reply: string): Promise<CommandEnd> {
  await changeChat(call, changes);
  return { reply };
}

async function changeThinking(call: CommandCall, agent: AgentSettings): Promise<CommandEnd> {
  const { recorder, session, args, within } = call;
  const kept = create(RunSettingsSchema, session.settings ?? {});
  const wanted = args.toLowerCase();
  const usual = agent.thinking ?? "as the model does it";
  if (wanted === "default") {
    await recorder.updateSession(session, { settings: { ...kept, thinking: undefined } as typeof kept });
    return { reply: `Thinking: ${usual} (default).` };
  }
  if (!levels.includes(wanted)) {
    return { reply: `Thinking: ${kept.thinking ?? `${usual} (default)`}. Choose ${levels.join(", ")} or default.` };
  }
  if (within) return { reply: "", hint: { settings: create(RunSettingsSchema, { thinking: wanted }) } };
  await recorder.updateSession(session, { settings: { ...kept, thinking: wanted } });
  return { reply: `Thinking: ${wanted}.` };
}
