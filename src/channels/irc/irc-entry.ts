/** After the welcome: telling NickServ who we are, and going into channels. */

import { backoffMs } from "../../lib/backoff.ts";
import type { Log } from "../../lib/log.ts";
import { sleep } from "../../lib/sleep.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { type IrcLine, isChannel } from "./irc-line.ts";
import type { Roster } from "./irc-roster.ts";
import type { IrcSettings } from "./irc-settings.ts";
import type { IrcWire } from "./irc-wire.ts";

/** Somebody who threw us out of a channel sees us again after this long, ms. */
export const rejoinMs = 15_000;

/** A channel that did not let us in is asked again after this long, ms; it doubles. */
export const againMs = 1_000;
const longestMs = 300_000;

/** How long NickServ gets before we join channels that may ask for it, ms. */
const nickservMs = 3_000;

/** Replies that refuse to let us in. */
const joinRefusals = new Set(["403", "405", "437", "471", "473", "474", "475", "476", "477", "489", "520"]);

/** Resolves when the server has seen to all of it; a channel that does not let us in is told in the log. */
export async function enter(wire: IrcWire, { nickserv, channels }: IrcSettings, log: Log): Promise<void> {
  if (nickserv !== undefined) await identify(wire, nickserv);
  await join(wire, channels, log);
}

/** A channel that we go back into. */
export interface ComingBack {
  /** As in the settings. */
  readonly channel: string;
  readonly roster: Roster;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Before the first try. */
  readonly waitMs: number;
}

/** Goes into a channel as soon as it lets us; never rejects. */
export async function comeBack(wire: IrcWire, { channel, roster, log, signal, waitMs }: ComingBack): Promise<void> {
  const isIn = (): boolean => roster.find(nameOf(channel)) !== undefined;
  try {
    for (let failures = 1; ; failures += 1) {
      const longer = backoffMs(failures, { baseMs: waitMs, capMs: longestMs, jitter: 0.2 });
      await Promise.race([sleep(longer, signal), wire.closed]);
      if (!isIn()) await join(wire, [channel], log);
      if (isIn()) return;
    }
  } catch {
    // The connection ended meanwhile; the next one joins anyway.
  }
}

/** The name in one of the settings' channels. */
export function nameOf(channel: string): string {
  return channel.split(" ", 1)[0] ?? "";
}

async function join(wire: IrcWire, channels: readonly string[], log: Log): Promise<void> {
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
