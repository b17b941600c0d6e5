/** Every command, and who may use which. */

import { helpCommands, statusCommand, whoAmICommand } from "./about-commands.ts";
import type { Command, CommandCall, CommandEnd, CommandRooms } from "./command.ts";
import { isAbort, readCommand, type WrittenCommand } from "./read-command.ts";
import { compactCommand, newCommand, stopCommand } from "./session-commands.ts";
import { activationCommand, modelCommand, queueCommand, sendCommand, usageCommand } from "./settings-commands.ts";

const list: readonly Command[] = [
  newCommand,
  stopCommand,
  compactCommand,
  statusCommand,
  modelCommand,
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
  readonly args: string;
}

/** The command a message is; undefined for every other message, ones that only look like a command included. */
export function findCommand(text: string, mentioned: boolean): GivenCommand | undefined {
  const written: WrittenCommand | undefined = readCommand(text, mentioned);
  const command = written && byName.get(written.name);
  return command && { command, args: written?.args ?? "" };
}

/** A plain word for stopping is as good as the command; what is to be stopped must be there. */
export function findAbort(text: string): GivenCommand | undefined {
  return isAbort(text) ? { command: stopCommand, args: "" } : undefined;
}

/** Carries the command out, or says why not. The sender may use commands. */
export async function runCommand(given: GivenCommand, call: CommandCall, rooms: CommandRooms): Promise<CommandEnd> {
  const { command, args } = given;
  if (command.ownerOnly && !call.author.owner) return { reply: `/${command.name} is for my owner.` };
  if (command.groupsOnly && !call.inGroup) return { reply: `/${command.name} is for groups.` };
  return command.run({ ...call, args }, rooms);
}
