/** Changes resources inside a transaction: each change and its event are written together, by one pair of hands. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Event_Change as Change, type Event } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import { type Message, MessageSchema } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import type { ToolCall } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Session } from "../../gen/openclaw/gateway/v1/session_pb.ts";
import type { UlidSource } from "../lib/ulid-source.ts";
import { settleAttachments } from "./blob/attachments.ts";
import type { RunRecord } from "./run/run-table.ts";
import type { WriteTables } from "./store.ts";

/** Positions from here on belong to messages no agent has seen. */
const pendingPositions = 2 ** 50;

/** Who changes what, when, and where new ids come from. */
export interface RecorderOptions {
  readonly tables: WriteTables;
  /** Principal that causes the changes. */
  readonly actor: string;
  readonly nowMs: number;
  readonly ids: UlidSource;
}

/** What is known of a message before it has name, place and time. */
export type NewMessage = Pick<Message, "generation" | "role" | "parts"> &
  Partial<
    Pick<
      Message,
      "run" | "sender" | "truncated" | "pending" | "draft" | "conversation" | "origin" | "compactedPosition"
    >
  >;

/** A copy of a message with some fields changed. Resources are never changed in place: events and readers hold them. */
export function patch<Resource extends object>(resource: Resource, changes: Partial<Resource>): Resource {
  return { ...resource, ...changes };
}

/** Writes resources and their events in one transaction. */
export class Recorder {
  readonly tables: WriteTables;
  readonly nowMs: number;
  readonly #actor: string;
  readonly #ids: UlidSource;

  constructor(options: RecorderOptions) {
    this.tables = options.tables;
    this.nowMs = options.nowMs;
    this.#actor = options.actor;
    this.#ids = options.ids;
  }

  /** A new ULID. */
  newId(): string {
    return this.#ids.next(this.nowMs);
  }

  async insertSession(session: Session): Promise<Session> {
    await this.tables.sessions.insert(session);
    await this.#session(Change.CREATED, session);
    return session;
  }

  /** Changes a session; its etag moves on. */
  async updateSession(session: Session, changes: Partial<Session>): Promise<Session> {
    const next = patch(session, { ...changes, etag: String(Number(session.etag) + 1) });
    await this.tables.sessions.update(next);
    await this.#session(Change.UPDATED, next);
    return next;
  }

  async deleteSession(session: Session): Promise<void> {
    await this.tables.sessions.delete(session.name);
    await this.#session(Change.DELETED, session);
  }

  /** Adds a message at the end of a session's transcript (or of what waits). The caller counts it in the session.
   * Fails with FIELD_INVALID when it names a file the gateway does not hold. */
  async insertMessage(session: string, content: NewMessage): Promise<Message> {
    const position = await this.#nextPosition();
    const parts = await settleAttachments(this.tables, content.parts, "parts");
    const message = create(MessageSchema, {
      ...content,
      parts,
      name: `${session}/messages/${this.newId()}`,
      createTime: timestampFromMs(this.nowMs),
      position: BigInt(content.pending ? pendingPositions + position : position),
    });
    await this.tables.messages.insert(message);
    await this.#message(Change.CREATED, message);
    return message;
  }

  /** An agent sees a waiting message now (or, withdrawn, never will): it gets its final place. */
  async placeMessage(message: Message, withdrawn: boolean): Promise<Message> {
    const position = BigInt(await this.#nextPosition());
    const next = patch(message, { pending: false, withdrawn, position });
    await this.tables.messages.update(next);
    await this.#message(Change.UPDATED, next);
    return next;
  }

  async insertRun(record: RunRecord): Promise<RunRecord> {
    await this.tables.runs.insert(record);
    await this.#run(Change.CREATED, record);
    return record;
  }

  async updateRun(record: RunRecord): Promise<RunRecord> {
    await this.tables.runs.update(record);
    await this.#run(Change.UPDATED, record);
    return record;
  }

  /** A tool call began or ended. It has no table: the transcript holds what it did. */
  async recordToolCall(change: Change, value: ToolCall): Promise<void> {
    await this.record(change, value.name, { case: "toolCall", value });
  }

  /**
   * Writes the event of a change whose resource the caller writes in the same transaction. `resource` is the state right
   * after the change, or the last one when it is gone.
   */
  async record(change: Change, subject: string, resource: Event["resource"]): Promise<void> {
    await this.tables.events.append({ change, subject, actor: this.#actor, resource });
  }

  /** Sequence of the newest event of this transaction. */
  sequence(): Promise<number> {
    return this.tables.events.head();
  }

  async #nextPosition(): Promise<number> {
    return (await this.tables.events.head()) + 1;
  }

  #session(change: Change, value: Session): Promise<void> {
    return this.record(change, value.name, { case: "session", value });
  }

  #message(change: Change, value: Message): Promise<void> {
    return this.record(change, value.name, { case: "message", value });
  }

  #run(change: Change, { run: value }: RunRecord): Promise<void> {
    return this.record(change, value.name, { case: "run", value });
  }
}
