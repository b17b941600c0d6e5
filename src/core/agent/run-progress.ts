/** How far a run has come, read from its transcript when somebody begins to work on it. */

import type { Conversation } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Message, ToolUse } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { RecentMessages } from "../message/recent-messages.ts";
import { sessionOf } from "../names.ts";
import type { ActiveRun } from "../run/live/active-run.ts";
import { findOutputs, replayOutputs } from "../run/live/tool-call.ts";
import { getSession } from "../run/run-transitions.ts";
import { findOpenToolUses } from "../run/tool-results.ts";
import type { Store } from "../store.ts";
import { readWindow } from "./transcript-window.ts";

/** What the loop knows of its run. The transcript on disk is the truth; this is the same, ready to be sent. */
export interface Progress {
  readonly session: Session;
  /** Where the answer goes; undefined when it goes nowhere else. */
  readonly conversation: Conversation | undefined;
  readonly messages: Message[];
  /** Calls of the last answer that have no result yet. */
  open: ToolUse[];
  /** True when a worker that is gone was at these calls: whether it made the first is unknown, the others it never began. */
  resumed: boolean;
}

/** What transcripts are read with. */
export interface ProgressParts {
  readonly store: Store;
  readonly recent: RecentMessages;
}

/** Reads the transcript again: it was compacted meanwhile. */
export async function reloadMessages({ store, recent }: ProgressParts, progress: Progress): Promise<void> {
  const messages = await store.read(async (tables) =>
    readWindow(tables.messages, await getSession(tables, progress.session.name), recent),
  );
  progress.messages.splice(0, progress.messages.length, ...messages);
}

/** Reads it, and tells watchers what the run has said before this process worked on it. */
export function loadProgress({ store, recent }: ProgressParts, active: ActiveRun): Promise<Progress> {
  const { run } = active.record;
  return store.read(async (tables) => {
    const session = await getSession(tables, sessionOf(run.name));
    const messages = await readWindow(tables.messages, session, recent);
    const open = await findOpenToolUses(tables.messages, run);
    if (active.live.entries.length === 0) replayOutputs(active.live, await findOutputs(tables.messages, run));
    const conversation = run.deliverTo === "" ? undefined : await tables.conversations.find(run.deliverTo);
    return { session, conversation, messages, open, resumed: open.length > 0 };
  });
}
