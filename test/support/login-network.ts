/** A network that wants somebody to log in: shows a code and a page, asks for a number, and is online once it was right. */

import { create } from "@bufbuild/protobuf";
import { CapabilitiesSchema } from "../../gen/openclaw/gateway/v1/channel_pb.ts";
import {
  type ChannelHost,
  type Connection,
  LoginRequiredError,
  type LoginStep,
  type Network,
} from "../../src/core/channel/network.ts";

/** What is to be scanned; as long as networks make it. */
export const loginCode = `2@${"aB3/xY9+".repeat(24)},QmFzZTY0,cGFpcmluZw==,1`;

/** What is to be opened. */
export const loginPage = "https://login.example.org/device?code=K7QM";

/** The right answer. */
export const loginNumber = "42";

/** See the file's first line. */
export const loginNetwork: Network = { kind: "login", connect: (_settings, host) => new LoginConnection(host) };

class LoginConnection implements Connection {
  readonly capabilities = create(CapabilitiesSchema, { maxText: 100, textUnit: "characters" });
  readonly #host: ChannelHost;
  readonly #answer = Promise.withResolvers<string>();

  constructor(host: ChannelHost) {
    this.#host = host;
  }

  async run(signal: AbortSignal): Promise<void> {
    if ((await this.#host.loadCredentials()) !== loginNumber) throw new LoginRequiredError("scan the code");
    this.#host.online("claw");
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }

  async send(): Promise<readonly string[]> {
    throw new Error("nothing is sent there");
  }

  async *logIn(): AsyncIterable<LoginStep> {
    yield { kind: "qr", text: loginCode };
    yield { kind: "link", url: loginPage };
    yield { kind: "prompt", question: "which number do you see?" };
    const answer = await this.#answer.promise;
    if (answer !== loginNumber) throw new Error("that is not the number");
    await this.#host.saveCredentials(answer);
  }

  answer(text: string): void {
    this.#answer.resolve(text);
  }
}
