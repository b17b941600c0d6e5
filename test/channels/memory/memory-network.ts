/** The network "memory" from the gateway's side. */

import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { create } from "@bufbuild/protobuf";
import { CapabilitiesSchema, Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery, OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Connection,
  type Network,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../../src/core/channel/network.ts";

/** Address of the one person there. */
export const personAddress = "mia";

/** Longest text, in characters. */
export const memoryMaxText = 120;

/** How it is reached, and what it can do. */
export interface MemoryOptions {
  readonly port: number;
  readonly reconcile?: boolean;
}

/** The network on a platform of this machine. */
export function memoryNetwork(options: MemoryOptions): Network {
  return { kind: "memory", connect: (_settings, host) => new MemoryConnection(options, host) };
}

interface Answer {
  readonly op: "welcome" | "message" | "sent" | "refused" | "found";
  readonly delivery?: string;
  readonly [key: string]: unknown;
}

class MemoryConnection implements Connection {
  readonly capabilities;
  readonly reconcile?: (delivery: Delivery) => Promise<Reconciled | undefined>;
  readonly #port: number;
  readonly #host: ChannelHost;
  readonly #waiting = new Map<string, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  #socket: Socket | undefined;

  constructor({ port, reconcile = false }: MemoryOptions, host: ChannelHost) {
    this.#port = port;
    this.#host = host;
    const maxText = memoryMaxText;
    this.capabilities = create(CapabilitiesSchema, {
      maxText,
      textUnit: "characters",
      edit: true,
      backfill: true,
      reconcile,
    });
    if (reconcile) this.reconcile = (delivery) => this.#find(delivery);
  }

  async run(signal: AbortSignal): Promise<void> {
    const socket = connect(this.#port, "127.0.0.1");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    let failure: Error | undefined;
    socket.on("error", (error) => {
      failure = error;
    });
    signal.addEventListener("abort", () => socket.destroy(), { once: true });
    const lines = createInterface({ input: socket });
    lines.on("line", (line) => this.#hear(socket, JSON.parse(line) as Answer));
    lines.on("error", () => {});
    say(socket, { op: "hello" });
    await closed;
    this.#socket = undefined;
    for (const { reject } of this.#waiting.values()) reject(new Error("the connection broke"));
    this.#waiting.clear();
    if (!signal.aborted) throw failure ?? new Error("the platform closed the connection");
  }

  async send({ kind }: OutboundAction, _to: Address, { delivery }: SendAttempt): Promise<readonly string[]> {
    if (kind.case === "edit") {
      const { platformId: id, text } = kind.value;
      await this.#ask({ op: "edit", delivery, id, text });
      return [id];
    }
    if (kind.case !== "message") throw new UnsentError("memory has no such thing", { permanent: true });
    const answer = await this.#ask({ op: "send", delivery, text: kind.value.text });
    if (answer.op === "sent") return [String(answer.id)];
    const { permanent = false, retryAfterMs } = answer as { permanent?: boolean; retryAfterMs?: number };
    throw new UnsentError("the platform refused it", { permanent, retryAfterMs });
  }

  async #find({ name }: Delivery): Promise<Reconciled | undefined> {
    const { ids } = (await this.#ask({ op: "find", delivery: name })) as unknown as { ids: string[] };
    return ids.length > 0 ? { outcome: "sent", platformIds: ids } : { outcome: "unsent" };
  }

  async #ask(request: { op: string; delivery: string; [key: string]: unknown }): Promise<Answer> {
    const socket = this.#socket;
    if (socket === undefined) throw new UnsentError("memory is not connected");
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(request.delivery, { resolve, reject });
    say(socket, request);
    return promise;
  }

  #hear(socket: Socket, answer: Answer): void {
    if (answer.op === "welcome") {
      this.#socket = socket;
      this.#host.online(String(answer.me));
    } else if (answer.op === "message") void this.#take(socket, answer);
    else {
      this.#waiting.get(answer.delivery ?? "")?.resolve(answer);
      this.#waiting.delete(answer.delivery ?? "");
    }
  }

  async #take(socket: Socket, { number, id, text, reaction }: Answer): Promise<void> {
    const { to, ...put } = (reaction ?? {}) as { to?: string; emoji?: string; remove?: boolean };
    const message = create(InboundMessageSchema, {
      platformId: String(id),
      address: personAddress,
      kind: Kind.DIRECT,
      senderAddress: personAddress,
      senderTitle: "Mia",
      text: String(text),
      ...(to !== undefined && { replyTo: to, reaction: put }),
    });
    try {
      await this.#host.receive(message);
      say(socket, { op: "kept", number });
    } catch {
      // Not acknowledged: the platform says it again.
    }
  }
}

function say(socket: Socket, message: object): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}
