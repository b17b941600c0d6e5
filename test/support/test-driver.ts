/** A channel driver as a program outside would be: attaches over the wire, notes what it is told, answers when asked to. */

import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  AttachChannelResponse,
  CompleteDeliveryRequestSchema,
  DeliveryAttempt,
  ReportLogInRequestSchema,
} from "../../gen/openclaw/gateway/v1/channel_driver_service_pb.ts";
import { Conversation_Kind as Kind, type Channel_State as State } from "../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { InboundMessageSchema } from "../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { GatewayClient } from "../../src/client/gateway-client.ts";
import { Wakeup } from "../../src/lib/wakeup.ts";

/** What became of a try. */
export type DriverAnswer = MessageInitShape<typeof CompleteDeliveryRequestSchema>["result"];

/** A step of a login. */
type LoginReport = MessageInitShape<typeof ReportLogInRequestSchema>["report"];

type Frame = AttachChannelResponse["frame"];

/** How a driver introduces itself, where that is of interest. */
interface Introduction {
  readonly title?: string;
  readonly login?: boolean;
  readonly state?: State;
  readonly reason?: string;
}

/** A driver. */
export class TestDriver {
  readonly attempts: DeliveryAttempt[] = [];
  readonly frames: AttachChannelResponse["frame"][] = [];
  readonly channel: string;
  /** How tries are answered; undefined leaves them open. */
  answer: ((attempt: DeliveryAttempt) => DriverAnswer | undefined) | undefined;
  readonly #client: GatewayClient;
  readonly #bell = new Wakeup();
  #stop: AbortController | undefined;
  #done: Promise<void> | undefined;

  constructor(client: GatewayClient, channel: string) {
    this.#client = client;
    this.channel = channel;
    this.answer = (attempt) => ({ case: "sent", value: { platformIds: [`p${attempt.attempt}`] } });
  }

  /** Attaches; resolves with the first frame. */
  async attach({ login = false, ...introduction }: Introduction = {}): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    const capabilities = { maxText: 1_000, textUnit: "characters", groups: true, login };
    const request = { name: this.channel, title: "Test driver", capabilities, ...introduction };
    const stream = this.#client.drivers.attachChannel(request, { signal: stop.signal });
    const { promise: first, resolve, reject } = Promise.withResolvers<void>();
    this.#done = this.#read(stream, resolve).catch((error: unknown) => {
      if (!stop.signal.aborted) reject(error);
    });
    await first;
  }

  /** Attaches to a channel that was just started, which takes a moment until its driver may come. */
  async attachSoon(introduction: Introduction = {}): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        await this.attach(introduction);
        return;
      } catch (error) {
        if (tries === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** Goes away without a word. */
  async vanish(): Promise<void> {
    this.#stop?.abort();
    await this.#done;
  }

  /** Resolves when the stream has ended. */
  async ended(): Promise<void> {
    await this.#done;
  }

  /** Reports a direct message. */
  report(text: string, more: MessageInitShape<typeof InboundMessageSchema> & { cursor?: string } = {}) {
    const { cursor: backfillCursor = "", ...given } = more;
    const from = { address: "mia", senderAddress: "mia", senderTitle: "Mia", kind: Kind.DIRECT };
    const message = { platformId: randomUUID(), ...from, text, ...given };
    return this.#client.drivers.reportInbound({ channel: this.channel, message, backfillCursor });
  }

  complete({ delivery, attempt }: DeliveryAttempt, result: DriverAnswer) {
    return this.#client.drivers.completeDelivery({ name: delivery?.name ?? "", attempt, result: result as never });
  }

  /** Reports a step of a login or logout. */
  reportLogIn(login: string, step: number, report: LoginReport) {
    return this.#client.drivers.reportLogIn({ name: this.channel, login, step, report: report as never });
  }

  /** Says how the network is. */
  reportState(state: State, reason = "") {
    const attached = this.frames.findLast((frame) => frame.case === "attached");
    const attachment = attached?.value.attachment ?? "";
    return this.#client.drivers.reportState({ name: this.channel, attachment, state, reason });
  }

  /** The newest frame of a kind, once one came. */
  told<K extends Frame["case"]>(kind: K): Promise<Extract<Frame, { case: K }>["value"]> {
    return this.seen(() => this.frames.findLast((frame) => frame.case === kind)?.value) as never;
  }

  /** The attempt with this number, once it came. */
  async attempted(count: number): Promise<DeliveryAttempt> {
    return (await this.seen(() => this.attempts[count - 1])) as DeliveryAttempt;
  }

  /** What `find` gives once it gives something; asked after every frame. */
  async seen<T>(find: () => T | undefined): Promise<T> {
    const enough = new AbortController();
    try {
      for (;;) {
        const ring = this.#bell.wait(15_000, enough.signal);
        const found = find();
        if (found !== undefined) return found;
        if ((await ring) !== "woken") throw new Error(`waited in vain; frames: ${this.frames.map((one) => one.case)}`);
      }
    } finally {
      enough.abort();
    }
  }

  /** Texts of what it was asked to say. */
  get said(): string[] {
    return this.attempts.flatMap(({ delivery }) => {
      const kind = delivery?.action?.kind;
      return kind?.case === "message" ? [kind.value.text] : [];
    });
  }

  async #read(stream: AsyncIterable<AttachChannelResponse>, first: () => void): Promise<void> {
    for await (const { frame } of stream) {
      this.frames.push(frame);
      if (frame.case === "delivery") {
        this.attempts.push(frame.value);
        const result = this.answer?.(frame.value);
        if (result !== undefined) await this.complete(frame.value, result).catch(() => {});
      }
      this.#bell.wake();
      first();
    }
  }
}
