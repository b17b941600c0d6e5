/** Somebody on IRC, who says things and notes what is said to them. */

import net, { type Socket } from "node:net";
import { createInterface } from "node:readline";
import { until } from "../../support/until.ts";

/** A person with a plain client. */
export class IrcPerson {
  readonly nick: string;
  /** Every line so far. */
  readonly lines: string[] = [];
  readonly #socket: Socket;

  private constructor(nick: string, socket: Socket) {
    this.nick = nick;
    this.#socket = socket;
    socket.on("error", () => {});
    createInterface({ input: socket }).on("line", (line) => {
      this.lines.push(line);
      if (line.startsWith("PING ")) this.write(`PONG ${line.slice(5)}`);
    });
  }

  /** Comes in, and resolves when the server has welcomed them. */
  static async join(port: number, nick: string): Promise<IrcPerson> {
    const person = new IrcPerson(nick, net.connect(port, "127.0.0.1"));
    person.write(`NICK ${nick}`, `USER ${nick.replace(/\W/g, "")} 0 * :${nick}`);
    await person.hears(/ 001 /);
    return person;
  }

  write(...lines: readonly string[]): void {
    this.#socket.write(lines.map((line) => `${line}\r\n`).join(""));
  }

  /** Resolves when a line like this has come. */
  async hears(pattern: RegExp): Promise<void> {
    await until(() => this.lines.some((line) => pattern.test(line)), `${this.nick} hears ${pattern}`);
  }

  /** Texts of PRIVMSGs to a target, in order. */
  told(target: string): string[] {
    return this.lines.flatMap((line) => {
      const match = /^:(\S+) PRIVMSG (\S+) :?(.*)$/.exec(line);
      return match !== null && match[2]?.toLowerCase() === target ? [match[3] ?? ""] : [];
    });
  }

  leave(): void {
    this.#socket.destroy();
  }
}
