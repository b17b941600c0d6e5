/** What one connection is given by the gateway: the way in for its messages, and the ways to say how it is. */

import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { InboundMessage, Ingress } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Log } from "../../lib/log.ts";
import { sleep } from "../../lib/sleep.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import { type Changes, gatewayActor } from "../changes.ts";
import { Failure } from "../errors.ts";
import type { Store } from "../store.ts";
import { ConversationBusy } from "./channel-failures.ts";
import type { AttachmentFiles, CredentialStore, InboundDoor } from "./channel-ports.ts";
import type { ChannelSettings } from "./channel-settings.ts";
import type { HookHandler, HttpHooks } from "./http-hooks.ts";
import { type ChannelHost, UnsentError } from "./network.ts";

/** Waits before a message that could not be kept is tried again, in ms. */
const receiveRetryMs = [100, 300];

/** What every host is made of. */
export interface HostRooms {
  readonly store: Store;
  readonly changes: Changes;
  readonly inbound: InboundDoor;
  readonly credentials: CredentialStore;
  readonly files: AttachmentFiles | undefined;
  readonly hooks: HttpHooks;
  readonly log: Log;
}

/** Who hears how the connection is. */
export interface HostListener {
  online(title: string): void;
  offline(reason: string): void;
  loginRequired(reason: string): void;
  /** A message could not be kept: the connection is of no use as it is. */
  broken(error: Error): void;
}

/** See `ChannelHost`. Once closed it takes nothing more from a connection that was given up. */
export class GatewayHost implements ChannelHost {
  readonly channel: string;
  readonly log: Log;
  readonly #rooms: HostRooms;
  readonly #settings: () => ChannelSettings;
  readonly #listener: HostListener;
  readonly #closed = new AbortController();

  constructor(rooms: HostRooms, settings: () => ChannelSettings, listener: HostListener) {
    this.channel = settings().name;
    this.log = rooms.log.child({ channel: this.channel });
    this.#rooms = rooms;
    this.#settings = settings;
    this.#listener = listener;
  }

  /** The connection was given up: what it says from now on is not heard, and what it brings is refused. */
  close(): void {
    this.#closed.abort(new Error(`${this.channel} was disconnected; the message was not taken`));
  }

  async receive(message: InboundMessage, backfillCursor?: string): Promise<Ingress> {
    for (let failures = 0; ; failures += 1) {
      this.#closed.signal.throwIfAborted();
      try {
        return await this.#rooms.inbound.receive(this.#settings(), message, backfillCursor);
      } catch (error) {
        // Neither one sender's flood nor a message that is none is a reason to give the connection up: who brought it is told.
        if (error instanceof ConversationBusy || isNoMessage(error)) throw error;
        const waitMs = error instanceof Failure ? undefined : receiveRetryMs[failures];
        if (waitMs === undefined) {
          this.log.error({ err: error, platformId: message.platformId }, "a message could not be kept");
          this.#tell(() => this.#listener.broken(new Error(`messages cannot be kept: ${errorWords(error)}`)));
          throw error;
        }
        await sleep(waitMs, this.#closed.signal);
      }
    }
  }

  async backfillCursor(): Promise<string> {
    const record = await this.#rooms.store.read((tables) => tables.channels.find(this.channel));
    return record?.backfillCursor ?? "";
  }

  async keepCursor(cursor: string): Promise<void> {
    this.#closed.signal.throwIfAborted();
    await this.#rooms.changes.transact(gatewayActor, ({ tables }) => tables.channels.keepCursor(this.channel, cursor));
  }

  online(title: string): void {
    this.#tell(() => this.#listener.online(title));
  }

  offline(reason: string): void {
    this.#tell(() => this.#listener.offline(reason));
  }

  loginRequired(reason: string): void {
    this.#tell(() => this.#listener.loginRequired(reason));
  }

  serveHook(handler: HookHandler, signal: AbortSignal, path?: string): void {
    const end = this.#rooms.hooks.serve(path ?? `/hooks/${this.channel.slice("channels/".length)}`, handler);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    this.#closed.signal.addEventListener("abort", end, { once: true });
  }

  loadCredentials(): Promise<string | undefined> {
    return this.#rooms.credentials.load(this.channel);
  }

  async saveCredentials(credentials: string | undefined): Promise<void> {
    this.#closed.signal.throwIfAborted();
    await this.#rooms.credentials.save(this.channel, credentials);
  }

  storeFile(content: AsyncIterable<Uint8Array>, file: { fileName: string; maxBytes?: number }): Promise<Attachment> {
    const { maxMediaBytes } = this.#settings();
    const maxBytes = Math.min(file.maxBytes ?? maxMediaBytes, maxMediaBytes);
    return this.#files.store(content, { fileName: file.fileName, maxBytes });
  }

  async *readFile(attachment: Attachment): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#files.read(attachment);
    } catch (error) {
      throw new UnsentError(`the file cannot be read: ${errorWords(error)}`, { permanent: true, cause: error });
    }
  }

  get #files(): AttachmentFiles {
    if (this.#rooms.files === undefined) throw new Error("this gateway keeps no files");
    return this.#rooms.files;
  }

  #tell(what: () => void): void {
    if (!this.#closed.signal.aborted) what();
  }
}

function isNoMessage(error: unknown): boolean {
  return error instanceof Failure && error.reason === ErrorReason.FIELD_INVALID;
}
