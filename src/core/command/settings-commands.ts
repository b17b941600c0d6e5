/** Commands that change how a session is answered. */

import { create } from "@bufbuild/protobuf";
import { RunSettingsSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { chooseModel, namesOf } from "./choose-model.ts";
import { type Command, type CommandCall, type CommandEnd, type CommandRooms, changeChat } from "./command.ts";

/** The session's model. */
export const modelCommand: Command = {
  name: "model",
  aliases: ["models"],
  usage: "[name | default]",
  summary: "show or choose the model",
  run: changeModel,
};

/** What messages do while something is going on. */
export const queueCommand: Command = {
  name: "queue",
  aliases: [],
  usage: "[steer | followup | collect | interrupt | default]",
  summary: "what your messages do while I am busy",
  run: async (call, { settings }) => {
    const wanted = call.args.toLowerCase();
    const mode = wanted === "" ? undefined : queueModes[wanted];
    const now = call.session.chat?.queueMode ?? settings.queue.mode;
    if (wanted === "default") return done(call, { queueMode: undefined }, `Messages ${settings.queue.mode} again.`);
    if (mode === undefined) return { reply: `Mode: ${now}. Choose steer, followup, collect, interrupt or default.` };
    return done(call, { queueMode: mode }, `Messages that come while I am busy: ${wanted}.`);
  },
};

/** What stands under answers. */
export const usageCommand: Command = {
  name: "usage",
  aliases: [],
  usage: "[off | tokens | full | reset]",
  summary: "what stands under my answers",
  run: async (call) => {
    const wanted = call.args.toLowerCase();
    if (wanted === "reset") return done(call, { usage: undefined }, "Usage under answers: as configured.");
    if (wanted !== "off" && wanted !== "tokens" && wanted !== "full") {
      return { reply: `Usage under answers: ${call.session.chat?.usage ?? "off"}. Choose off, tokens, full or reset.` };
    }
    return done(call, { usage: wanted }, `Usage under answers: ${wanted}.`);
  },
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

const queueModes: Readonly<Record<string, string>> = {
  steer: "steer",
  followup: "follow_up",
  collect: "collect",
  interrupt: "interrupt",
};

async function done(call: CommandCall, changes: Parameters<typeof changeChat>[1], reply: string): Promise<CommandEnd> {
  await changeChat(call, changes);
  return { reply };
}

async function changeModel({ recorder, session, args }: CommandCall, rooms: CommandRooms): Promise<CommandEnd> {
  const { models, settings } = rooms;
  const own = session.settings?.model;
  if (args === "" || args.toLowerCase() === "status") {
    const usable = models.list().filter((model) => model.usable);
    const reply = `Model: ${own ?? `${settings.agent.model} (default)`}. I can use ${namesOf(usable)}.`;
    return { reply };
  }
  const kept = create(RunSettingsSchema, session.settings ?? {});
  if (args.toLowerCase() === "default") {
    await recorder.updateSession(session, { settings: { ...kept, model: undefined } as typeof kept });
    return { reply: `Model: ${settings.agent.model} (default).` };
  }
  const found = chooseModel(models, args);
  if ("problem" in found) return { reply: found.problem };
  await recorder.updateSession(session, { settings: { ...kept, model: found.reference } });
  return { reply: `Model: ${found.reference}.` };
}
