/** What the store remembers of sessions. */

import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";

/** Place of a session in the list: pinned first, then the most recently active, then by name descending. */
export interface SessionPlace {
  readonly pinned: boolean;
  readonly activeTimeMs: number;
  readonly name: string;
}

/** Which sessions, and where to start. Every given condition must hold. */
export interface SessionQuery {
  readonly agent?: string;
  readonly kind?: Session["kind"];
  readonly archived?: boolean;
  readonly pinned?: boolean;
  readonly parent?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Lower-case words; each must occur in the name or the title, any case. */
  readonly words?: readonly string[];
  /** Start after this place. */
  readonly after?: SessionPlace;
  readonly limit: number;
}

/** Reads sessions. */
export interface SessionReader {
  find(name: string): Promise<Session | undefined>;
  list(query: SessionQuery): Promise<Session[]>;
}

/** Changes sessions. The caller sets etag and times. */
export interface SessionWriter extends SessionReader {
  insert(session: Session): Promise<void>;
  update(session: Session): Promise<void>;
  /** Deletes the session with its messages and runs. */
  delete(name: string): Promise<void>;
}
