/** A real mailbox and a server that sends as a world of the contract suite; the mailbox is behind a line that breaks. */

import { CuttingProxy } from "../../support/cutting-proxy.ts";
import { Dovecot, dovecotPassword } from "../../support/email/dovecot.ts";
import { OutgoingServer } from "../../support/email/outgoing-server.ts";
import type { Refusal, Told, World } from "../contract/world.ts";

/** Who writes to us. */
const mia = "mia@example.org";

/** See the file's first line. */
export class EmailWorld implements World {
  readonly kind = "email";
  readonly replays = true;
  readonly refusals = ["for good", "unanswered"] as const;
  readonly maxText = 2_000;
  readonly outgoing = new OutgoingServer();
  #mailbox: Dovecot | undefined;
  #proxy: CuttingProxy | undefined;
  #written = 0;

  get missing(): string | undefined {
    return Dovecot.installed ? undefined : "dovecot";
  }

  async start(): Promise<void> {
    this.#mailbox = await Dovecot.start();
    this.#proxy = new CuttingProxy(this.#mailbox.port);
    await this.#proxy.start();
    await this.outgoing.start();
  }

  async stop(): Promise<void> {
    await this.outgoing.stop();
    await this.#proxy?.stop();
    await this.#mailbox?.stop();
  }

  config(): Readonly<Record<string, unknown>> {
    const server = { host: "127.0.0.1", tls: "off", user: "claw" };
    return {
      address: "claw@example.net",
      password: dovecotPassword,
      imap: { ...server, port: this.proxy.port },
      smtp: { ...server, port: this.outgoing.port },
      textChunkLimit: this.maxText,
    };
  }

  get mailbox(): Dovecot {
    if (this.#mailbox === undefined) throw new Error("the server of this test is not running");
    return this.#mailbox;
  }

  get proxy(): CuttingProxy {
    if (this.#proxy === undefined) throw new Error("the server of this test is not running");
    return this.#proxy;
  }

  address(): string {
    return mia;
  }

  say(text: string): Promise<void> {
    return this.write({ text });
  }

  /** A mail from Mia, with more headers where wanted. */
  async write({ text, headers = {} }: { text: string; headers?: Readonly<Record<string, string>> }): Promise<void> {
    this.#written += 1;
    const all = {
      From: `Mia <${mia}>`,
      To: "claw@example.net",
      "Message-ID": `<mia-${this.#written}@example.org>`,
      Date: new Date().toUTCString(),
      "Content-Type": "text/plain; charset=utf-8",
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    await this.mailbox.deliver(`${lines.join("\n")}\n\n${text}\n`);
  }

  told(): readonly Told[] {
    return this.outgoing.taken.map(({ id, text }) => ({ id, text }));
  }

  repeat(): Promise<void> {
    return this.mailbox.repeat();
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

  refuseNext(how: Refusal): void {
    this.outgoing.treatNext(how);
  }
}
