/** Who is where: the channels we are in and who else is there, as the server's lines tell. */

import { foldName, type IrcLine, sourceOf } from "./irc-line.ts";

/** A channel we are in. */
export interface RosterChannel {
  /** As the server writes it. */
  readonly name: string;
  readonly topic: string;
  /** Nicks as written, by folded nick. */
  readonly members: ReadonlyMap<string, string>;
}

/** Follows JOIN, PART, KICK, QUIT, NICK, topics and lists of names. */
export class Roster {
  readonly #channels = new Map<string, { name: string; topic: string; members: Map<string, string> }>();
  #nick: string;

  constructor(nick: string) {
    this.#nick = nick;
  }

  /** Our own nick; it may change. */
  get nick(): string {
    return this.#nick;
  }

  get channels(): readonly RosterChannel[] {
    return [...this.#channels.values()];
  }

  find(channel: string): RosterChannel | undefined {
    return this.#channels.get(foldName(channel));
  }

  /** True for our own nick. */
  isSelf(nick: string): boolean {
    return foldName(nick) === foldName(this.#nick);
  }

  hear(line: IrcLine): void {
    const { command, params } = line;
    const { nick } = sourceOf(line);
    const [first = "", second = "", third = "", fourth = ""] = params;
    if (command === "JOIN") this.#joined(first, nick);
    else if (command === "PART") this.#left(first, nick);
    else if (command === "KICK") this.#left(first, second);
    else if (command === "QUIT") for (const { name } of this.channels) this.#left(name, nick);
    else if (command === "NICK") this.#renamed(nick, first);
    else if (command === "353")
      for (const name of fourth.split(" ").filter(Boolean)) this.#joined(third, plainNick(name));
    else if (command === "332") this.#topic(second, third);
    else if (command === "TOPIC") this.#topic(first, second);
  }

  #joined(name: string, nick: string): void {
    const key = foldName(name);
    if (this.isSelf(nick) && !this.#channels.has(key)) this.#channels.set(key, { name, topic: "", members: new Map() });
    this.#channels.get(key)?.members.set(foldName(nick), nick);
  }

  #left(name: string, nick: string): void {
    if (this.isSelf(nick)) this.#channels.delete(foldName(name));
    else this.#channels.get(foldName(name))?.members.delete(foldName(nick));
  }

  #renamed(from: string, to: string): void {
    const self = this.isSelf(from);
    for (const { members } of this.#channels.values())
      if (members.delete(foldName(from))) members.set(foldName(to), to);
    if (self) this.#nick = to;
  }

  #topic(name: string, topic: string): void {
    const channel = this.#channels.get(foldName(name));
    if (channel !== undefined) channel.topic = topic;
  }
}

/** A name without the marks of its rank. */
function plainNick(name: string): string {
  return name.replace(/^[~&@%+!]+/, "").split("!", 1)[0] ?? "";
}
