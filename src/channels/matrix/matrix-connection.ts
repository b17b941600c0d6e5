/** One account on a homeserver. */

import { create } from "@bufbuild/protobuf";
import { CapabilitiesSchema, type DirectoryEntry } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery, OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Connection,
  type DirectoryQuery,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { MatrixError, matrixWords, path } from "./matrix-api.ts";
import { numberAt } from "./matrix-json.ts";
import { MatrixSender } from "./matrix-sender.ts";
import { endSession, type MatrixSession, openSession } from "./matrix-session.ts";
import type { MatrixSettings } from "./matrix-settings.ts";
import { MatrixSync } from "./matrix-sync.ts";
import { lookUp } from "./room/matrix-directory.ts";
import { MatrixInvites } from "./room/matrix-invites.ts";
import { MatrixRooms } from "./room/matrix-rooms.ts";

/** Bytes of text in one event: with its HTML, and once more in an edit, it stays below 64 KiB. */
const maxTextBytes = 10_000;

/** What homeservers take unless they say otherwise. */
const usualMediaBytes = 50 * 1_048_576;

/** The session while there is one. */
interface Live {
  readonly session: MatrixSession;
  readonly rooms: MatrixRooms;
  readonly invites: MatrixInvites;
  readonly sender: MatrixSender;
  readonly signal: AbortSignal;
}

/** See `Connection`. Conversations are rooms, and threads in them. */
export class MatrixConnection implements Connection {
  readonly capabilities = create(CapabilitiesSchema, {
    maxText: maxTextBytes,
    textUnit: "bytes",
    maxMediaBytes: BigInt(usualMediaBytes),
    groups: true,
    threads: true,
    edit: true,
    delete: true,
    react: true,
    poll: true,
    typing: true,
    reply: true,
    markdown: true,
    backfill: true,
    reconcile: true,
    directory: true,
  });
  readonly #settings: MatrixSettings;
  readonly #host: ChannelHost;
  /** Rooms whose messages cannot be read. */
  readonly #encrypted = new Set<string>();
  #live: Live | undefined;

  constructor(settings: MatrixSettings, host: ChannelHost) {
    this.#settings = settings;
    this.#host = host;
  }

  async run(signal: AbortSignal): Promise<void> {
    const host = this.#host;
    try {
      const session = await openSession(this.#settings, host, signal);
      const rooms = new MatrixRooms(session);
      const invites = new MatrixInvites({ session, settings: this.#settings, host, signal });
      await rooms.start(signal);
      await this.#askLimits(session, signal);
      const sender = new MatrixSender({ session, rooms, invites, host });
      const encrypted = (room: string): void => this.#foundEncrypted(room);
      await new MatrixSync({ session, rooms, invites, host, encrypted, signal }).run(() => {
        this.#live = { session, rooms, invites, sender, signal };
        this.#tellOnline();
      });
    } catch (error) {
      if (!signal.aborted) throw error instanceof MatrixError ? error : withWords(error);
    } finally {
      this.#live = undefined;
    }
  }

  async send(action: OutboundAction, to: Address, attempt: SendAttempt): Promise<readonly string[]> {
    const live = this.#live;
    if (live === undefined) throw new UnsentError("Matrix is not connected");
    return live.sender.send(action, to, attempt);
  }

  async typing(to: Address, active: boolean): Promise<void> {
    await this.#live?.sender.typing(to, active, this.#live.signal);
  }

  async reconcile(delivery: Delivery, to: Address): Promise<Reconciled | undefined> {
    return this.#live?.sender.reconcile(delivery, to, this.#live.signal);
  }

  async probe(signal: AbortSignal): Promise<string> {
    return (await openSession(this.#settings, this.#host, signal)).userId;
  }

  async logOut(): Promise<void> {
    await endSession(this.#settings, this.#host);
  }

  async lookUp(query: DirectoryQuery): Promise<readonly DirectoryEntry[]> {
    return this.#live === undefined ? [] : lookUp(this.#live, query);
  }

  async #askLimits({ api }: MatrixSession, signal: AbortSignal): Promise<void> {
    try {
      const limits = await api.call({ method: "GET", path: path`/client/v1/media/config`, signal });
      this.capabilities.maxMediaBytes = BigInt(Math.trunc(numberAt(limits, "m.upload.size") ?? usualMediaBytes));
    } catch (error) {
      // A homeserver from before this question takes what others take.
      if (!(error instanceof MatrixError)) throw error;
    }
  }

  #foundEncrypted(room: string): void {
    if (this.#encrypted.has(room)) return;
    this.#encrypted.add(room);
    this.#host.log.warn({ room }, "a room on Matrix is end-to-end encrypted: nothing in it can be read or answered");
    if (this.#live !== undefined) this.#tellOnline();
  }

  #tellOnline(): void {
    const userId = this.#live?.session.userId ?? "";
    const { size } = this.#encrypted;
    this.#host.online(
      size === 0 ? userId : `${userId} (${size} encrypted ${size === 1 ? "room" : "rooms"} cannot be read)`,
    );
  }
}

function withWords(error: unknown): unknown {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return error;
  return new Error(matrixWords(error), { cause: error });
}
