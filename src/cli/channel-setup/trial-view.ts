/** How a channel that was set up is, as people read it. */

import type { Terminal } from "../terminal/terminal.ts";
import type { ChannelTrial } from "./await-channel.ts";

/** Says how it is, and what to do next. */
export function tellTrial(terminal: Terminal, { channel, online, state, detail, advice }: ChannelTrial): void {
  const { green, red } = terminal.errorColors;
  const how = `${channel} is ${state}${detail === "" ? "" : `${online ? " as" : ":"} ${detail}`}`;
  terminal.note((online ? green : red)(how));
  for (const line of advice) terminal.note(`${channel}: ${line}`);
}
