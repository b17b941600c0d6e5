/** A webhook as a world of the contract suite: a program that posts to the gateway's hook, and takes what it is told. */

import { setTimeout as wait } from "node:timers/promises";
import type { Core } from "../../../src/core/core.ts";
import { startTestServer, type TestServer } from "../../support/test-server.ts";
import { FakeReceiver, signatureOf } from "../../support/webhook/fake-receiver.ts";
import type { Refusal, Told, World } from "../contract/world.ts";

/** The person on the other side. */
export const person = "mia";

/** See the file's first line. What the gateway does not acknowledge is posted again. */
export class WebhookWorld implements World {
  readonly kind = "webhook";
  readonly replays = true;
  readonly refusals = ["later", "for good", "unanswered"] as const;
  readonly maxText = 16_384;
  /** The gateway looks for the receiver by itself; nothing fails while it is away. */
  readonly outside = true;
  readonly receiver = new FakeReceiver();
  readonly #changes: Readonly<Record<string, unknown>>;
  #server: TestServer | undefined;
  /** Address of a gateway in a process of its own. */
  #process: string | undefined;
  #core: Core | undefined;
  #posting: Promise<void> = Promise.resolve();
  #count = 0;
  #last = "";
  #over = false;

  constructor(changes: Readonly<Record<string, unknown>> = {}) {
    this.#changes = changes;
  }

  /** The gateway's port leads to whatever core runs now. */
  readonly gatewayStarted = (core: Core): void => {
    this.#core = core;
  };

  readonly processStarted = async ({ url }: { readonly url: string }): Promise<void> => {
    this.#process = url;
  };

  async start(): Promise<void> {
    await this.receiver.start();
    this.#server = await startTestServer({ hooks: { find: (path) => this.#core?.hooks.find(path) } });
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#posting;
    await this.#server?.stop();
    await this.receiver.stop();
  }

  config(): Readonly<Record<string, unknown>> {
    const { secret, url } = this.receiver;
    return { secret, url, allowPrivateNetwork: true, checkSeconds: 0.02, ...this.#changes };
  }

  address(): string {
    return person;
  }

  async say(text: string): Promise<void> {
    this.#count += 1;
    this.#last = JSON.stringify({ id: `in-${this.#count}`, from: person, fromName: "Mia", text });
    this.#deliver(this.#last);
  }

  told(): readonly Told[] {
    return this.receiver.told.map(({ body }, index) => ({ text: String(body.text), id: `m${index + 1}` }));
  }

  async repeat(): Promise<void> {
    this.#deliver(this.#last);
  }

  /** The receiver is started anew once somebody has seen that it was gone. */
  async cut(): Promise<void> {
    await this.receiver.stop();
    setTimeout(() => void this.receiver.start(), 200);
  }

  async goAway(): Promise<void> {
    await this.receiver.stop();
  }

  async comeBack(): Promise<void> {
    await this.receiver.start();
  }

  refuseNext(how: Refusal): void {
    if (how === "later") this.receiver.answerNext({ status: 429, headers: { "retry-after": "0.05" } });
    else this.receiver.answerNext(how === "for good" ? { status: 410 } : { cut: true });
  }

  /** One request to the gateway's hook. */
  async post(body: string, changes: Readonly<Record<string, string>> = {}): Promise<{ status: number; text: string }> {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signed = {
      "x-openclaw-timestamp": timestamp,
      "x-openclaw-signature": signatureOf(this.receiver.secret, timestamp, body),
    };
    const url = `${this.#process ?? this.#server?.url}/hooks/webhook`;
    const response = await fetch(url, { method: "POST", headers: { ...signed, ...changes }, body });
    return { status: response.status, text: await response.text() };
  }

  #deliver(body: string): void {
    this.#posting = this.#posting.then(async () => {
      while (!this.#over && (await this.post(body).catch(() => undefined))?.status !== 200) await wait(10);
    });
  }
}
