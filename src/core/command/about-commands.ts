/** Commands that tell something and change nothing. */

import type { Command, CommandCall, CommandRooms } from "./command.ts";
import { usualQueue } from "./queue-command.ts";

/** Who the sender is here. */
export const whoAmICommand: Command = {
  name: "whoami",
  aliases: ["id"],
  usage: "",
  summary: "who you are to me",
  inside: "",
  run: async ({ author, conversation, session }) => ({
    reply: [
      author.title === "" || author.title === author.address ? author.address : `${author.title} (${author.address})`,
      `you: ${author.name}${author.owner ? ", my owner" : ""}`,
      `here: ${conversation}`,
      `session: ${session.name}`,
    ].join("\n"),
  }),
};

/** How the session is. */
export const statusCommand: Command = {
  name: "status",
  aliases: [],
  usage: "",
  summary: "model, session, what is going on",
  inside: "",
  run: async (call, rooms) => ({ reply: statusLines(call, rooms).join("\n") }),
};

/** The help of a list of commands; `all` lists every one with what it takes. */
export function helpCommands(commands: () => readonly Command[]): readonly Command[] {
  return [
    {
      name: "help",
      aliases: [],
      usage: "",
      summary: "the most useful commands",
      inside: "",
      run: async () => ({
        reply: [
          "Write to me as to anybody. These are for me, not for the model:",
          "/new starts afresh, /stop stops what I am at, /status tells how I am, /model shows or changes the model.",
          "/commands lists all.",
        ].join("\n"),
      }),
    },
    {
      name: "commands",
      aliases: [],
      usage: "",
      summary: "all commands",
      inside: "",
      run: async ({ author, inGroup }) => ({
        reply: commands()
          .filter(({ ownerOnly, groupsOnly }) => (author.owner || !ownerOnly) && (inGroup || !groupsOnly))
          .map(({ name, usage, summary }) => `/${name}${usage === "" ? "" : ` ${usage}`}: ${summary}`)
          .join("\n"),
      }),
    },
  ];
}

function statusLines(call: CommandCall, { settings, startTimeMs }: CommandRooms): string[] {
  const { session, recorder } = call;
  const { chat } = session;
  const model = session.settings?.model ?? `${settings.agent.model} (default)`;
  const thinking = session.settings?.thinking ?? settings.agent.thinking;
  const active = session.activeRun === "" ? "idle" : "at work";
  const waiting = session.queuedRunCount === 0 ? "" : `, ${session.queuedRunCount} waiting`;
  const own = [
    `queue ${chat?.queueMode ?? usualQueue(call, settings).mode}`,
    `usage ${chat?.usage ?? settings.messaging.responseUsage}`,
    ...(chat?.send === undefined ? [] : [`send ${chat.send}`]),
    ...(chat?.activation === undefined ? [] : [`activation ${chat.activation}`]),
  ];
  return [
    `model: ${model}${thinking === undefined ? "" : `, thinking ${thinking}`}`,
    `session: ${session.name}, generation ${session.generation}, ${session.messageCount} messages, ${session.contextTokens} tokens of context`,
    `now: ${active}${waiting}; ${own.join(", ")}`,
    `up: ${uptime(recorder.nowMs - startTimeMs)}`,
  ];
}

function uptime(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}
