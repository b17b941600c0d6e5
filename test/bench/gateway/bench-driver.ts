/** A network of thousands of people: a channel driver that brings messages and takes answers at once. */

import { create } from "@bufbuild/protobuf";
import { type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { AccessService } from "../../../gen/openclaw/gateway/v1/access_service_pb.ts";
import {
  ChannelDriverService,
  type DeliveryAttempt,
} from "../../../gen/openclaw/gateway/v1/channel_driver_service_pb.ts";
import { CapabilitiesSchema, Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import type { BenchGateway } from "./bench-gateway.ts";

const channel = "channels/bench";

/** Configuration of a gateway with the channel: everybody is heard, and has a session of their own. */
export const benchChannel = {
  channels: { bench: { driver: "remote", dmPolicy: "open", allowFrom: ["*"], typingMode: "never", ackReaction: "" } },
  session: { dmScope: "per-channel-peer" },
};

/** How long one message took, in ms since it was reported. */
export interface MessageTimes {
  /** It was committed. */
  readonly acknowledgedMs: number;
  /** Its answer was to be sent. */
  readonly answeredMs: number;
}

/** The driver. */
export class BenchDriver {
  readonly #drivers: Client<typeof ChannelDriverService>;
  readonly #session: Http2SessionManager;
  readonly #waiting = new Map<string, () => void>();
  #messages = 0;

  private constructor(drivers: Client<typeof ChannelDriverService>, session: Http2SessionManager) {
    this.#drivers = drivers;
    this.#session = session;
  }

  /** Attaches to a gateway that has the channel. */
  static async attach({ url, token }: BenchGateway): Promise<BenchDriver> {
    const owner = connect(url, token);
    const access = createClient(AccessService, owner.transport);
    const { secret } = await access.createToken({ tokenId: "bench", scopes: [Scope.NODE] });
    owner.session.abort();
    const { transport, session } = connect(url, secret);
    const driver = new BenchDriver(createClient(ChannelDriverService, transport), session);
    const { promise: attached, resolve, reject } = Promise.withResolvers<void>();
    driver.#take(resolve).catch(reject);
    await attached;
    return driver;
  }

  close(): void {
    this.#session.abort();
  }

  /** Somebody says something; resolves when the answer was taken. One at a time from each person: others join its run. */
  async say(person: string): Promise<MessageTimes> {
    const text = this.#nextText(person);
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    const startedMs = performance.now();
    this.#waiting.set(text, resolve);
    await this.#report(person, text);
    const acknowledgedMs = performance.now() - startedMs;
    await answered;
    return { acknowledgedMs, answeredMs: performance.now() - startedMs };
  }

  /** Somebody says something and does not wait for an answer; resolves when it is committed. */
  async shout(person: string): Promise<void> {
    await this.#report(person, this.#nextText(person));
  }

  #nextText(person: string): string {
    this.#messages += 1;
    return `message ${this.#messages} of ${person}`;
  }

  async #report(person: string, text: string): Promise<void> {
    const from = { address: person, senderAddress: person, senderTitle: person, kind: Kind.DIRECT };
    await this.#drivers.reportInbound({ channel, message: { platformId: text, text, ...from } });
  }

  async #take(attached: () => void): Promise<void> {
    const capabilities = create(CapabilitiesSchema, { maxText: 4_000, textUnit: "characters" });
    for await (const { frame } of this.#drivers.attachChannel({ name: channel, title: "bench", capabilities })) {
      if (frame.case === "attached") attached();
      if (frame.case === "delivery") this.#send(frame.value);
    }
  }

  #send({ delivery, attempt }: DeliveryAttempt): void {
    const name = delivery?.name ?? "";
    const action = delivery?.action?.kind;
    const text = action?.case === "message" ? action.value.text : "";
    this.#waiting.get(text)?.();
    this.#waiting.delete(text);
    const result = { case: "sent" as const, value: { platformIds: [name.slice(-26)] } };
    // A gateway that is being stopped does not hear it any more.
    this.#drivers.completeDelivery({ name, attempt, result }).catch(() => {});
  }
}

function connect(url: string, token: string) {
  const session = new Http2SessionManager(url);
  const transport = createConnectTransport({
    ...{ baseUrl: url, httpVersion: "2" as const, useBinaryFormat: true, sessionManager: session },
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${token}`);
        return next(request);
      },
    ],
  });
  return { transport, session };
}
