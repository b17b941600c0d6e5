/** A gateway as a connection sees it, which notes what it is told; for tests of what is special about a network. */

import { createHash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { type InboundMessage, type Ingress, IngressSchema } from "../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { type Attachment, AttachmentSchema } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import type { HookHandler } from "../../src/core/channel/http-hooks.ts";
import type { ChannelHost, Connection, Network } from "../../src/core/channel/network.ts";
import { type Log, silentLog } from "../../src/lib/log.ts";
import { until } from "./until.ts";

/** See the file's first line. */
export class RecordingHost implements ChannelHost {
  readonly channel: string;
  log: Log = silentLog;
  readonly received: InboundMessage[] = [];
  /** "online …", "offline …" and "login required …", in order. */
  readonly told: string[] = [];
  readonly hooks = new Map<string, HookHandler>();
  readonly files = new Map<string, Buffer>();
  cursor = "";
  credentials: string | undefined;
  /** Waited for before a message counts as kept; may reject. */
  keeping: (message: InboundMessage) => Promise<void> = async () => {};
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(channel = "channels/test") {
    this.channel = channel;
  }

  /** Runs a connection; resolves when it is online for the first time, rejects when it fails before. */
  async connect(network: Network, settings: object): Promise<Connection> {
    const connection = network.connect(settings, this);
    const before = this.told.length;
    let ended = false;
    this.#running = connection.run(this.#stop.signal).then(
      () => {
        ended = true;
      },
      (error) => {
        this.#failure = error;
        ended = true;
      },
    );
    await until(() => ended || this.told.slice(before).some((line) => line.startsWith("online")), "it is online");
    if (this.#failure !== undefined) throw this.#failure;
    return connection;
  }

  /** Why the connection ended by itself, once it has. */
  async failure(): Promise<unknown> {
    await until(() => this.#failure !== undefined, "the connection fails");
    return this.#failure;
  }

  /** Ends the connection. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("the test is over"));
    await this.#running;
  }

  /** What was handed in, once it is so many. */
  async heard(count: number): Promise<InboundMessage[]> {
    await until(() => this.received.length >= count, `${count} messages are handed in`);
    return this.received;
  }

  async receive(message: InboundMessage, cursor?: string): Promise<Ingress> {
    await this.keeping(message);
    this.received.push(message);
    if (cursor !== undefined) this.cursor = cursor;
    return create(IngressSchema);
  }

  async backfillCursor(): Promise<string> {
    return this.cursor;
  }

  async keepCursor(cursor: string): Promise<void> {
    this.cursor = cursor;
  }

  online(title: string): void {
    this.told.push(`online ${title}`);
  }

  loginRequired(reason: string): void {
    this.told.push(`login required ${reason}`);
  }

  offline(reason: string): void {
    this.told.push(`offline ${reason}`);
  }

  serveHook(handler: HookHandler, signal: AbortSignal, path = "/hooks/test"): void {
    this.hooks.set(path, handler);
    signal.addEventListener("abort", () => this.hooks.delete(path), { once: true });
  }

  async loadCredentials(): Promise<string | undefined> {
    return this.credentials;
  }

  async saveCredentials(credentials: string | undefined): Promise<void> {
    this.credentials = credentials;
  }

  async storeFile(content: AsyncIterable<Uint8Array>, { fileName }: { fileName: string }): Promise<Attachment> {
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    const bytes = Buffer.concat(parts);
    const blob = `blobs/${createHash("sha256").update(bytes).digest("hex")}`;
    this.files.set(blob, bytes);
    return create(AttachmentSchema, { blob, fileName, mediaType: "text/plain", sizeBytes: BigInt(bytes.length) });
  }

  async *readFile({ blob }: Attachment): AsyncIterable<Uint8Array> {
    yield this.files.get(blob) ?? Buffer.alloc(0);
  }
}
