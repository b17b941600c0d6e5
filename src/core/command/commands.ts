/** Every command, and who may use which. */

import { getSession } from "../run/run-transitions.ts";
import { helpCommands, statusCommand, whoAmICommand } from "./about-commands.ts";
import type { Command, CommandCall, CommandEnd, CommandRooms, MessageHint } from "./command.ts";
import { modelCommand } from "./model-command.ts";
import { queueCommand } from "./queue-command.ts";
import { afterTrigger, isAbort, readCommand } from "./read-command.ts";
import { compactCommand, newCommand, stopCommand } from "./session-commands.ts";
import { activationCommand, sendCommand, thinkCommand } from "./settings-commands.ts";
import { takeInside } from "./take-inside.ts";
import { usageCommand } from "./usage-command.ts";

const list: readonly Command[] = [
  newCommand,
  stopCommand,
  compactCommand,
  statusCommand,
  modelCommand,
  thinkCommand,
  queueCommand,
  usageCommand,
  activationCommand,
  sendCommand,
  whoAmICommand,
  ...helpCommands(() => list),
];

const byName = new Map(list.flatMap((command) => [command.name, ...command.aliases].map((name) => [name, command])));

/** Every command, in the order people are told of them. */
export function listCommands(): readonly Command[] {
  return list;
}

/** A command somebody gave. */
export interface GivenCommand {
  readonly command: Command;
  /** The name it was called by, in lower case. */
  readonly typed: string;
  readonly args: string;
}

/** Who is meant by a text. */
export interface Meant {
  /** It mentions us, by the network's means or by a pattern. */
  readonly mentioned: boolean;
  /** Others hear it: a command may be for one of them. */
  readonly inGroup: boolean;
}

/**
 * The command a message is; undefined for every other message, ones that only look like a command and ones that name another
 * program ("/status@other_bot") included.
 */
export function findCommand(text: string, { mentioned, inGroup }: Meant): GivenCommand | undefined {
  const written = readCommand(text, mentioned);
  if (written === undefined || (written.addressee !== "" && inGroup && !mentioned)) return undefined;
  const command = byName.get(written.name);
  if (command === undefined) return undefined;
  return { command, typed: written.name, args: written.args };
}

/**
 * The commands that stand in a message besides what it says, as one whose end is the rest of the message; undefined when there
 * are none, or nothing else. `given` is the command the message begins with.
 */
export function findInside(text: string, given: GivenCommand | undefined): GivenCommand | undefined {
  // Most messages hold none, and that is seen at once.
  if (!text.includes("/") || (given !== undefined && !given.command.inside)) return undefined;
  const { found, rest } = takeInside(text, list);
  const [first] = found;
  if (first === undefined || rest === "") return undefined;
  const run = (call: CommandCall, rooms: CommandRooms): Promise<CommandEnd> => runInside(found, rest, { call, rooms });
  return { ...first, command: { ...first.command, run } };
}

/** A plain word for stopping is as good as the command; what is to be stopped must be there. */
export function findAbort(text: string): GivenCommand | undefined {
  return isAbort(text) ? { command: stopCommand, typed: stopCommand.name, args: "" } : undefined;
}

/** Words of the configuration that are as good as /new. */
export function findReset(text: string, triggers: readonly string[]): GivenCommand | undefined {
  const args = afterTrigger(text, triggers);
  return args === undefined ? undefined : { command: newCommand, typed: newCommand.name, args };
}

/** Carries the command out, or says why not. The sender may use commands. */
export async function runCommand(given: GivenCommand, call: CommandCall, rooms: CommandRooms): Promise<CommandEnd> {
  const { command, typed, args } = given;
  if (command.ownerOnly && !call.author.owner) return { reply: `/${command.name} is for my owner.` };
  if (command.groupsOnly && !call.inGroup) return { reply: `/${command.name} is for groups.` };
  return command.run({ ...call, typed, args }, rooms);
}

/** One after the other: each sees what the one before it has changed. */
async function runInside(
  found: readonly GivenCommand[],
  rest: string,
  { call, rooms }: { readonly call: CommandCall; readonly rooms: CommandRooms },
): Promise<CommandEnd> {
  const replies: string[] = [];
  let hint: MessageHint = {};
  for (const given of found) {
    const session = await getSession(call.recorder.tables, call.session.name);
    const end = await runCommand(given, { ...call, session, within: true }, rooms);
    if (end.reply !== "") replies.push(end.reply);
    hint = { ...hint, ...end.hint };
  }
  return { reply: replies.join("\n\n"), message: rest, hint };
}
