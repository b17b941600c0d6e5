/** After the welcome: telling NickServ who we are, and going into channels. */

import type { Log } from "../../lib/log.ts";
import { sleep } from "../../lib/sleep.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { type IrcLine, isChannel } from "./irc-line.ts";
import type { IrcSettings } from "./irc-settings.ts";
import type { IrcWire } from "./irc-wire.ts";

/** Somebody who threw us out of a channel sees us again after this long, ms. */
const rejoinMs = 15_000;

/** How long NickServ gets before we join channels that may ask for it, ms. */
const nickservMs = 3_000;

/** Replies that refuse to let us in. */
const joinRefusals = new Set(["403", "405", "437", "471", "473", "474", "475", "476", "477", "489", "520"]);

/** Resolves when the server has seen to all of it; a channel that does not let us in is told in the log. */
export async function enter(wire: IrcWire, { nickserv, channels }: IrcSettings, log: Log): Promise<void> {
  if (nickserv !== undefined) await identify(wire, nickserv);
  const off = wire.onLine(({ command, params }) => {
    if (!joinRefusals.has(command) || !isChannel(params[1] ?? "")) return;
    log.warn({ ircChannel: params[1], reason: params.at(-1) }, "a channel on IRC cannot be joined");
  });
  try {
    for (const channel of channels) wire.send("JOIN", ...channel.split(" "));
    await wire.settle();
  } finally {
    off();
  }
}

/** Goes back into a channel we were thrown out of, in a while, if it is one of ours. */
export async function rejoin(
  wire: IrcWire,
  { name, channels, signal }: { name: string; channels: readonly string[]; signal: AbortSignal },
): Promise<void> {
  const channel = channels.find((one) => wire.fold(one.split(" ", 1)[0] ?? "") === wire.fold(name));
  if (channel === undefined) return;
  try {
    await Promise.race([sleep(rejoinMs, signal), wire.closed]);
    wire.send("JOIN", ...channel.split(" "));
  } catch {
    // The connection ended meanwhile; the next one joins anyway.
  }
}

async function identify(wire: IrcWire, { service, password }: { service: string; password: string }): Promise<void> {
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  const off = wire.onLine((line) => {
    if (line.command === "900" || (line.command === "NOTICE" && isFrom(line, service, wire))) resolve();
  });
  const patience = AbortSignal.timeout(nickservMs);
  try {
    wire.send("PRIVMSG", service, `IDENTIFY ${password}`);
    await Promise.race([raceAbort(answered, patience).catch(() => {}), wire.closed]);
  } finally {
    off();
  }
}

function isFrom({ source }: IrcLine, nick: string, wire: IrcWire): boolean {
  return wire.fold(source.split("!", 1)[0] ?? "") === wire.fold(nick);
}
