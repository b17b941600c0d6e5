/** Commands that begin a session anew or stop what it is at. */

import { create } from "@bufbuild/protobuf";
import { RunSettingsSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { maxInstructions, orderCompaction } from "../run/compaction/order-compaction.ts";
import { getSession, startNext } from "../run/run-transitions.ts";
import { startGeneration } from "../session/new-session.ts";
import { stopSession } from "../session/stop-session.ts";
import { chooseModel } from "./choose-model.ts";
import type { Command, CommandCall, CommandEnd, CommandRooms } from "./command.ts";

/** Starts a new transcript. */
export const newCommand: Command = {
  name: "new",
  aliases: ["reset"],
  usage: "[model] [message]",
  summary: "start afresh; the old transcript is kept; /reset soft [message]: go on with it",
  run: startAfresh,
};

/** Sums up the older part of the transcript. */
export const compactCommand: Command = {
  name: "compact",
  aliases: [],
  usage: "[what to pay attention to]",
  summary: "sum up what we said, so that there is room for more",
  run: compact,
};

/** Stops what is going on. */
export const stopCommand: Command = {
  name: "stop",
  aliases: ["abort"],
  usage: "",
  summary: "stop what I am at, and what waits behind it",
  run: async ({ recorder, effects, session }, { liveRuns }) => {
    const stopped = await stopSession(recorder, effects, {
      session: session.name,
      liveRuns,
      reason: "stopped by /stop",
    });
    return { reply: stopped === 0 ? "There is nothing to stop." : "Stopped." };
  },
};

/** The words behind the command are a wish to whoever writes the summary, and data like anything people say. */
async function compact(call: CommandCall, { settings }: CommandRooms): Promise<CommandEnd> {
  const { recorder, effects, session, args, author } = call;
  if (session.messageCount === 0) return { reply: "There is nothing to sum up yet." };
  if (args.length > maxInstructions) return { reply: `Say it in at most ${maxInstructions} characters.` };
  const order = { instructions: args, automatic: false, creator: author.name, settings: settings.compaction };
  await orderCompaction(recorder, session.name, order);
  await startNext(recorder, effects, { session: session.name, handover: false });
  const when = session.activeRun === "" ? "I sum up" : "When I am done with this, I sum up";
  return { reply: `${when} what we said before the last turns, and go on from there.` };
}

/** What is going on belongs to the old transcript: it ends there. A soft reset ends it, and goes on with the transcript. */
async function startAfresh(call: CommandCall, rooms: CommandRooms): Promise<CommandEnd> {
  const { recorder, effects, args, typed } = call;
  const { name } = call.session;
  const soft = typed === "reset" ? /^soft(?:\s+([\s\S]*))?$/i.exec(args) : null;
  await stopSession(recorder, effects, {
    session: name,
    liveRuns: rooms.liveRuns,
    reason: soft === null ? "a new session was started" : "stopped by /reset soft",
  });
  if (soft !== null) return freshEnd("I begin again; what we said is kept.", (soft[1] ?? "").trim());
  const session = await getSession(recorder.tables, name);
  const fresh = session.messageCount === 0 ? session : await startGeneration(recorder, session);
  const [first = ""] = args.split(/\s+/, 1);
  const model = first === "" ? undefined : chooseModel(rooms.models, first);
  if (model === undefined || !("reference" in model)) return freshEnd("A new session begins.", args);
  const settings = { ...create(RunSettingsSchema, fresh.settings ?? {}), model: model.reference };
  await recorder.updateSession(fresh, { settings });
  return freshEnd(`A new session begins, with ${model.reference}.`, args.slice(first.length).trim());
}

/** A message that came with it is answered; that is answer enough. */
function freshEnd(reply: string, message: string): CommandEnd {
  return message === "" ? { reply } : { reply: "", message };
}
