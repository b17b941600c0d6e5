/** A real XMPP server as a world of the contract suite, behind a line that breaks. */

import { CuttingProxy } from "../../support/cutting-proxy.ts";
import { Daemon, type DaemonProgram, isInstalled } from "../../support/daemon.ts";
import { until } from "../../support/until.ts";
import { prosody, prosodyPassword } from "../../support/xmpp/prosody.ts";
import { XmppPerson } from "../../support/xmpp/xmpp-person.ts";
import type { Refusal, Told, World } from "../contract/world.ts";

/** See the file's first line. */
export class XmppWorld implements World {
  readonly kind = "xmpp";
  readonly replays = true;
  readonly refusals = ["for good", "unanswered"] as const;
  readonly maxText = 8_000;
  readonly #program: DaemonProgram;
  #server: Daemon | undefined;
  #proxy: CuttingProxy | undefined;
  #person: XmppPerson | undefined;

  constructor({ archive = true }: { archive?: boolean } = {}) {
    this.#program = prosody(archive);
  }

  get missing(): string | undefined {
    return isInstalled(this.#program) ? undefined : "prosody";
  }

  async start(): Promise<void> {
    this.#server = await Daemon.start(this.#program);
    this.#proxy = new CuttingProxy(this.#server.port);
    await this.#proxy.start();
    this.#person = await XmppPerson.join(this.#server.port, "mia");
  }

  async stop(): Promise<void> {
    this.#person?.leave();
    await this.#proxy?.stop();
    await this.#server?.stop();
  }

  config(): Readonly<Record<string, unknown>> {
    const rooms = ["house@rooms.localhost"];
    return {
      jid: "claw@localhost",
      password: prosodyPassword,
      host: "127.0.0.1",
      port: this.proxy.port,
      tls: "off",
      rooms,
    };
  }

  get server(): Daemon {
    if (this.#server === undefined) throw new Error("the server of this test is not running");
    return this.#server;
  }

  get proxy(): CuttingProxy {
    if (this.#proxy === undefined) throw new Error("the server of this test is not running");
    return this.#proxy;
  }

  get person(): XmppPerson {
    if (this.#person === undefined) throw new Error("nobody is there");
    return this.#person;
  }

  address(): string {
    return "mia@localhost";
  }

  async say(text: string): Promise<void> {
    this.person.write(`<message to='claw@localhost' type='chat' id='m${Math.random()}'><body>${text}</body></message>`);
    await this.person.settle();
  }

  told(): readonly Told[] {
    const heard = this.person.messages.filter(({ type }) => type === "chat");
    return heard
      .filter(({ replaces }) => replaces === "")
      .map(({ id, text }) => ({ id, text: heard.findLast(({ replaces }) => replaces === id)?.text ?? text }));
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

  /** "for good": the person blocks us. */
  refuseNext(how: Refusal): void {
    if (how === "for good") {
      this.person.write(
        "<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='claw@localhost'/></block></iq>",
      );
      return;
    }
    const { length } = this.told();
    this.proxy.swallowAnswersFrom((sent) => sent.includes("<body>"));
    void until(() => this.told().length > length, "the message arrives").then(() => this.proxy.cut());
  }

  async relent(): Promise<void> {
    await this.person.ask("set", "<unblock xmlns='urn:xmpp:blocking'><item jid='claw@localhost'/></unblock>");
  }
}
