/** Resources for storage tests: valid, small, and different where a test says so. */

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Event_Change as Change } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { type Message, MessageSchema, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { RunSchema, Run_State as State, Run_Trigger as Trigger } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { Session_Kind as Kind, type Session, SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { NewEvent } from "../../../src/core/event/event-table.ts";
import type { RunRecord } from "../../../src/core/run/run-table.ts";

/** "sessions/{id}", a client's session of the main agent. */
export function makeSession(id: string, init: MessageInitShape<typeof SessionSchema> = {}): Session {
  const name = `sessions/${id}`;
  return create(SessionSchema, { name, etag: "1", agent: "agents/main", kind: Kind.CLIENT, generation: 1, ...init });
}

/** A user's message with one text part; its id and position follow from `position`. */
export function makeMessage(
  session: string,
  position: number,
  init: MessageInitShape<typeof MessageSchema> = {},
): Message {
  return create(MessageSchema, {
    name: `${session}/messages/m${String(position).padStart(8, "0")}`,
    generation: 1,
    role: Role.USER,
    parts: [textPart(`message ${position}`)],
    position: BigInt(position),
    ...init,
  });
}

/** A text part, to put into a message. */
export function textPart(text: string) {
  return { kind: { case: "text" as const, value: text } };
}

/** A queued run of a client. */
export function makeRun(session: string, id: string, init: MessageInitShape<typeof RunSchema> = {}): RunRecord {
  const run = create(RunSchema, {
    name: `${session}/runs/${id}`,
    state: State.QUEUED,
    trigger: Trigger.CLIENT,
    agent: "agents/main",
    ...init,
  });
  return { run, epoch: 1, rank: 1, readyTimeMs: 0, inputBytes: 0, collecting: false };
}

/** An ended run. */
export function makeEndedRun(session: string, id: string, endTimeMs: number): RunRecord {
  return makeRun(session, id, {
    state: State.SUCCEEDED,
    model: "echo/echo",
    endTime: timestampFromMs(endTimeMs),
    usage: { inputTokens: 10n, outputTokens: 5n, cachedTokens: 2n },
  });
}

/** The event that a session was created. */
export function makeEvent(id: string): NewEvent {
  const value = makeSession(id);
  return { change: Change.CREATED, subject: value.name, actor: "token", resource: { case: "session", value } };
}
