/** Sessions before anybody spoke in them, and sessions that begin anew. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Session_Kind as Kind, type Session, SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { mainAgent } from "../names.ts";
import type { Recorder } from "../recorder.ts";

/** What is known of a session to come. */
export interface SessionStart {
  /** "sessions/{session}". */
  readonly name: string;
  readonly kind: Kind;
  /** "agents/{agent}"; the main agent unless given. */
  readonly agent?: string;
  readonly title?: string;
}

/** An empty session in its first generation. The caller keeps it. */
export function newSession(
  { nowMs }: Pick<Recorder, "nowMs">,
  { name, kind, agent = mainAgent, title = "" }: SessionStart,
): Session {
  const now = timestampFromMs(nowMs);
  return create(SessionSchema, {
    name,
    kind,
    title,
    agent,
    etag: "1",
    generation: 1,
    createTime: now,
    activeTime: now,
    generationTime: now,
  });
}

/** Starts the session's next generation: an empty transcript, the old one stays. Nothing may be at work in it. */
export function startGeneration(recorder: Recorder, session: Session): Promise<Session> {
  return recorder.updateSession(session, {
    generation: session.generation + 1,
    generationTime: timestampFromMs(recorder.nowMs),
    messageCount: 0,
    contextTokens: 0n,
    compactedPosition: 0n,
    summary: "",
  });
}
