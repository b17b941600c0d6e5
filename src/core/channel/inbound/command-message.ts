/** A message that is a command: carried out here, answered through the outbox, never seen by a model. */

import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { CommandRooms, MessageHint } from "../../command/command.ts";
import { runCommand } from "../../command/commands.ts";
import type { Recorder } from "../../recorder.ts";
import type { RunEffects } from "../../run/run-effects.ts";
import { getSession } from "../../run/run-transitions.ts";
import type { Arrival } from "./arrival.ts";
import type { Judged } from "./judge.ts";
import { reply } from "./reply.ts";

/** A command in its conversation. */
export interface CommandMessage {
  readonly arrival: Arrival;
  readonly judged: Judged;
  readonly session: Session;
  readonly rooms: CommandRooms;
}

/** What came of it. */
export interface CarriedOut {
  readonly reply: string;
  /** Text that goes on to the agent; undefined for none. */
  readonly message: string | undefined;
  /** How that text is to be handled, over what the session says. */
  readonly hint: MessageHint;
  /** The session after the command. */
  readonly session: Session;
}

/** Carries the command out and says so. Does nothing for a message that is none. */
export async function carryOut(
  recorder: Recorder,
  effects: RunEffects,
  { arrival, judged, session, rooms }: CommandMessage,
): Promise<CarriedOut> {
  const { command, standing, inGroup } = judged;
  if (command === undefined) return { reply: "", message: undefined, hint: {}, session };
  const { senderAddress: address, senderTitle: title } = arrival.message;
  const author = { name: arrival.sender, address, title, owner: standing.owner };
  const { args, typed } = command;
  const { conversation } = arrival;
  const call = { recorder, effects, session, typed, args, within: false, author, conversation, inGroup };
  const end = await runCommand(command, call, rooms);
  await reply(recorder, arrival, end.reply);
  const { reply: said, message, hint = {} } = end;
  return { reply: said, message, hint, session: await getSession(recorder.tables, session.name) };
}
