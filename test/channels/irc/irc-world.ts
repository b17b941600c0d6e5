/** A real IRC server as a world of the contract suite, behind a line that breaks. */

import { basename } from "node:path";
import { CuttingProxy } from "../../support/cutting-proxy.ts";
import { Daemon, type DaemonProgram, isInstalled } from "../../support/daemon.ts";
import { until } from "../../support/until.ts";
import type { Refusal, Told, World } from "../contract/world.ts";
import { IrcPerson } from "./irc-person.ts";

/** Our nick there. */
export const ourNick = "claw";

/** See the file's first line. IRC keeps nothing for those who are away, and has no limit it would tell us about. */
export class IrcWorld implements World {
  readonly kind = "irc";
  readonly replays = false;
  readonly refusals = ["for good", "unanswered"] as const;
  readonly maxText = 400;
  readonly #program: DaemonProgram;
  #server: Daemon | undefined;
  #proxy: CuttingProxy | undefined;
  #person: IrcPerson | undefined;
  /** What earlier selves of the person were told. */
  #before: string[] = [];

  constructor(program: DaemonProgram) {
    this.#program = program;
  }

  get missing(): string | undefined {
    return isInstalled(this.#program) ? undefined : basename(this.#program.path);
  }

  async start(): Promise<void> {
    this.#server = await Daemon.start(this.#program);
    this.#proxy = new CuttingProxy(this.#server.port);
    await this.#proxy.start();
    this.#person = await IrcPerson.join(this.#server.port, "mia");
  }

  async stop(): Promise<void> {
    this.#person?.leave();
    await this.#proxy?.stop();
    await this.#server?.stop();
  }

  config(): Readonly<Record<string, unknown>> {
    const { port } = this.proxy;
    return { host: "127.0.0.1", port, tls: false, nick: ourNick, channels: ["#house"], messagesPerSecond: 100 };
  }

  get server(): Daemon {
    if (this.#server === undefined) throw new Error("the server of this test is not running");
    return this.#server;
  }

  get proxy(): CuttingProxy {
    if (this.#proxy === undefined) throw new Error("the server of this test is not running");
    return this.#proxy;
  }

  get person(): IrcPerson {
    if (this.#person === undefined) throw new Error("nobody is there");
    return this.#person;
  }

  address(): string {
    return "mia";
  }

  /** The server is asked afterwards, so that it has the message when this resolves. */
  async say(text: string): Promise<void> {
    const { person } = this;
    const mark = `m${Math.random()}`;
    person.write(`PRIVMSG ${ourNick} :${text}`, `PING ${mark}`);
    await person.hears(new RegExp(`PONG .*${mark}`));
  }

  told(): readonly Told[] {
    return [...this.#before, ...(this.#person?.told("mia") ?? [])].map((text, index) => ({ text, id: String(index) }));
  }

  async cut(): Promise<void> {
    this.proxy.cut();
  }

  async goAway(): Promise<void> {
    this.proxy.goAway();
  }

  async comeBack(): Promise<void> {
    this.proxy.comeBack();
  }

  /** "for good": the person is gone. */
  refuseNext(how: Refusal): void {
    if (how === "unanswered") {
      const { length } = this.told();
      this.proxy.swallowAnswersFrom((sent) => sent.includes("PRIVMSG mia"));
      void until(() => this.told().length > length, "the message arrives").then(() => this.proxy.cut());
      return;
    }
    this.#before = this.told().map(({ text }) => text);
    this.#person?.leave();
    this.#person = undefined;
  }

  async relent(): Promise<void> {
    this.#person = await IrcPerson.join(this.server.port, "mia");
  }
}
