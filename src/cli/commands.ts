/** Every command there is: its path, what it does, and the file that does it. A command is loaded when it is run. */

import type { Command } from "./command/command.ts";

/** One line of the list. */
export interface CommandEntry {
  /** Words of the path: "gateway status" is cli/gateway/status.ts. */
  readonly path: string;
  /** One line of help, lower case. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** The list, in the order help shows it. */
export const commands: readonly CommandEntry[] = [
  { path: "agent", summary: "ask the agent, and read its answer as it comes", load: () => import("./agent.ts") },
  { path: "gateway run", summary: "run the gateway in this terminal", load: () => import("./gateway/run.ts") },
  { path: "gateway status", summary: "what is set up, and does it answer", load: () => import("./gateway/status.ts") },
  { path: "gateway health", summary: "is the gateway well", load: () => import("./gateway/health.ts") },
  { path: "gateway probe", summary: "what may you do at a gateway", load: () => import("./gateway/probe.ts") },
  { path: "gateway whoami", summary: "who the gateway takes you for", load: () => import("./gateway/whoami.ts") },
  { path: "gateway install", summary: "make it a service", load: () => import("./gateway/install.ts") },
  { path: "gateway uninstall", summary: "remove the service", load: () => import("./gateway/uninstall.ts") },
  { path: "gateway start", summary: "start it in the background", load: () => import("./gateway/start.ts") },
  {
    path: "gateway restart",
    summary: "restart the gateway, its runs go on",
    load: () => import("./gateway/restart.ts"),
  },
  { path: "gateway stop", summary: "stop the gateway, its runs first", load: () => import("./gateway/stop.ts") },
  { path: "gateway call", summary: "call any method of the API", load: () => import("./gateway/call.ts") },
  { path: "config get", summary: "read the configuration", load: () => import("./config/get.ts") },
  { path: "config set", summary: "change one value of the configuration", load: () => import("./config/set.ts") },
  { path: "config unset", summary: "remove one value, its default counts", load: () => import("./config/unset.ts") },
  { path: "config patch", summary: "merge an object into the configuration", load: () => import("./config/patch.ts") },
  { path: "config validate", summary: "check the configuration", load: () => import("./config/validate.ts") },
  { path: "config schema", summary: "print its JSON Schema", load: () => import("./config/schema.ts") },
  { path: "config plan", summary: "what a change of it would take", load: () => import("./config/plan.ts") },
  { path: "config file", summary: "print where it is", load: () => import("./config/file.ts") },
  { path: "config history", summary: "what it was, and who changed it", load: () => import("./config/history.ts") },
  { path: "config diff", summary: "what a revision changed", load: () => import("./config/diff.ts") },
  { path: "config rollback", summary: "write it as it was", load: () => import("./config/rollback.ts") },
  { path: "config confirm", summary: "keep a change that waits", load: () => import("./config/confirm.ts") },
  { path: "config reload", summary: "read files and secrets again", load: () => import("./config/reload.ts") },
  { path: "sessions list", summary: "list sessions", load: () => import("./sessions/list.ts") },
  { path: "sessions show", summary: "show one session", load: () => import("./sessions/show.ts") },
  { path: "sessions history", summary: "read a transcript", load: () => import("./sessions/history.ts") },
  { path: "sessions search", summary: "search all transcripts", load: () => import("./sessions/search.ts") },
  { path: "sessions create", summary: "create a session", load: () => import("./sessions/create.ts") },
  { path: "sessions update", summary: "change a session", load: () => import("./sessions/update.ts") },
  { path: "sessions reset", summary: "begin a new transcript", load: () => import("./sessions/reset.ts") },
  { path: "sessions fork", summary: "copy a session into a new one", load: () => import("./sessions/fork.ts") },
  { path: "sessions delete", summary: "delete a session for good", load: () => import("./sessions/delete.ts") },
  { path: "runs list", summary: "list runs, newest first", load: () => import("./runs/list.ts") },
  { path: "runs show", summary: "show one run", load: () => import("./runs/show.ts") },
  { path: "runs watch", summary: "follow a run to its end", load: () => import("./runs/watch.ts") },
  { path: "runs cancel", summary: "stop a run", load: () => import("./runs/cancel.ts") },
  { path: "explain", summary: "the whole path of a message", load: () => import("./explain.ts") },
  { path: "message send", summary: "send text or files, without an agent", load: () => import("./message/send.ts") },
  { path: "message react", summary: "react to a message", load: () => import("./message/react.ts") },
  { path: "message edit", summary: "change something we said", load: () => import("./message/edit.ts") },
  { path: "message delete", summary: "take back something we said", load: () => import("./message/delete.ts") },
  { path: "message poll", summary: "ask for votes", load: () => import("./message/poll.ts") },
  {
    path: "deliveries list",
    summary: "list what was sent, or waits, or failed",
    load: () => import("./deliveries/list.ts"),
  },
  { path: "deliveries show", summary: "show one delivery", load: () => import("./deliveries/show.ts") },
  { path: "deliveries retry", summary: "send one once more", load: () => import("./deliveries/retry.ts") },
  { path: "deliveries discard", summary: "give one up", load: () => import("./deliveries/discard.ts") },
  { path: "events list", summary: "read the event log", load: () => import("./events/list.ts") },
  { path: "events watch", summary: "follow the event log", load: () => import("./events/watch.ts") },
  { path: "models list", summary: "list models, and whether they can be used", load: () => import("./models/list.ts") },
  { path: "models test", summary: "does a model answer", load: () => import("./models/test.ts") },
  { path: "tokens list", summary: "list named tokens", load: () => import("./tokens/list.ts") },
  { path: "tokens create", summary: "make a named token", load: () => import("./tokens/create.ts") },
  { path: "tokens revoke", summary: "end a named token at once", load: () => import("./tokens/revoke.ts") },
  { path: "devices list", summary: "list devices, and who asks to be let in", load: () => import("./devices/list.ts") },
  { path: "devices approve", summary: "let a device in", load: () => import("./devices/approve.ts") },
  { path: "devices reject", summary: "refuse a device", load: () => import("./devices/reject.ts") },
  { path: "devices rename", summary: "call a device something else", load: () => import("./devices/rename.ts") },
  { path: "devices narrow", summary: "allow a device less", load: () => import("./devices/narrow.ts") },
  { path: "devices remove", summary: "unpair a device at once", load: () => import("./devices/remove.ts") },
  {
    path: "devices setup-code",
    summary: "make a code that lets one device in",
    load: () => import("./devices/setup-code.ts"),
  },
  { path: "devices pair", summary: "pair this machine with a gateway", load: () => import("./devices/pair.ts") },
  { path: "devices rotate", summary: "replace this machine's token", load: () => import("./devices/rotate.ts") },
  { path: "clients list", summary: "list open connections", load: () => import("./clients/list.ts") },
  { path: "dashboard", summary: "open the gateway's web page", load: () => import("./dashboard.ts") },
  { path: "logs", summary: "read and follow the gateway's log", load: () => import("./logs.ts") },
  { path: "usage", summary: "tokens by day, model, agent or session", load: () => import("./usage.ts") },
  { path: "onboard", summary: "set a gateway up, step by step", load: () => import("./onboard.ts") },
  { path: "doctor", summary: "what is wrong, and what to do about it", load: () => import("./doctor.ts") },
  { path: "security audit", summary: "who could misuse the gateway", load: () => import("./security/audit.ts") },
  { path: "backup create", summary: "put everything into one file", load: () => import("./backup/create.ts") },
  { path: "backup verify", summary: "can a backup be restored", load: () => import("./backup/verify.ts") },
  { path: "backup restore", summary: "bring a backup back", load: () => import("./backup/restore.ts") },
  { path: "channels list", summary: "list channels and how they are", load: () => import("./channels/list.ts") },
  { path: "channels status", summary: "how channels are, in full", load: () => import("./channels/status.ts") },
  {
    path: "channels capabilities",
    summary: "what a channel can do",
    load: () => import("./channels/capabilities.ts"),
  },
  { path: "channels add", summary: "configure a channel", load: () => import("./channels/add.ts") },
  { path: "channels remove", summary: "disable or delete a channel", load: () => import("./channels/remove.ts") },
  { path: "channels login", summary: "log a channel in", load: () => import("./channels/login.ts") },
  { path: "channels logout", summary: "log a channel out", load: () => import("./channels/logout.ts") },
  { path: "channels start", summary: "connect a channel", load: () => import("./channels/start.ts") },
  { path: "channels stop", summary: "disconnect a channel", load: () => import("./channels/stop.ts") },
  { path: "channels restart", summary: "connect a channel anew", load: () => import("./channels/restart.ts") },
  { path: "channels logs", summary: "what happened to channels", load: () => import("./channels/logs.ts") },
  { path: "pairing list", summary: "list senders that ask to be answered", load: () => import("./pairing/list.ts") },
  { path: "pairing approve", summary: "let a sender in", load: () => import("./pairing/approve.ts") },
  { path: "pairing reject", summary: "refuse a sender", load: () => import("./pairing/reject.ts") },
  { path: "directory", summary: "people and groups on a network", load: () => import("./directory.ts") },
  { path: "completion", summary: "print a completion script for your shell", load: () => import("./completion.ts") },
];

/** What a path means that is shorter than a command's: `openclaw gateway` runs it, `openclaw sessions` lists them. */
export const shortPaths: Readonly<Record<string, string>> = {
  gateway: "gateway run",
  sessions: "sessions list",
  runs: "runs list",
  deliveries: "deliveries list",
  events: "events list",
  models: "models list",
  tokens: "tokens list",
  devices: "devices list",
  clients: "clients list",
  channels: "channels list",
  pairing: "pairing list",
  status: "gateway status",
  health: "gateway health",
  whoami: "gateway whoami",
};

/** True when commands of two words begin with it. */
export function isGroup(word: string): boolean {
  return commands.some((entry) => entry.path.startsWith(`${word} `));
}
