/** Who is where: the channels we are in and who else is there, as the server's lines tell. */

import { type Fold, foldName, type IrcLine, sourceOf } from "./irc-line.ts";

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
  readonly #fold: Fold;
  #nick: string;

  constructor(nick: string, fold: Fold = foldName) {
    this.#nick = nick;
    this.#fold = fold;
  }

  /** Our own nick; it may change. */
  get nick(): string {
    return this.#nick;
  }

  get channels(): readonly RosterChannel[] {
    return [...this.#channels.values()];
  }

  /** A name as the server compares it. */
  fold(name: string): string {
    return this.#fold(name);
  }

  find(channel: string): RosterChannel | undefined {
    return this.#channels.get(this.#fold(channel));
  }

  /** True for our own nick. */
  isSelf(nick: string): boolean {
    return this.#fold(nick) === this.#fold(this.#nick);
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
    const key = this.#fold(name);
    if (this.isSelf(nick) && !this.#channels.has(key)) this.#channels.set(key, { name, topic: "", members: new Map() });
    this.#channels.get(key)?.members.set(this.#fold(nick), nick);
  }

  #left(name: string, nick: string): void {
    if (this.isSelf(nick)) this.#channels.delete(this.#fold(name));
    else this.#channels.get(this.#fold(name))?.members.delete(this.#fold(nick));
  }

  #renamed(from: string, to: string): void {
    const self = this.isSelf(from);
    for (const { members } of this.#channels.values())
      if (members.delete(this.#fold(from))) members.set(this.#fold(to), to);
    if (self) this.#nick = to;
  }

  #topic(name: string, topic: string): void {
    const channel = this.#channels.get(this.#fold(name));
    if (channel !== undefined) channel.topic = topic;
  }
}

/** A name without the marks of its rank. */
function plainNick(name: string): string {
  return name.replace(/^[~&@%+!]+/, "").split("!", 1)[0] ?? "";
}
