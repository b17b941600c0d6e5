/** What comes in through the inbox, and what becomes of it. */

import type { Origin, Part } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run, Run_Trigger as Trigger } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { RunSettings } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { QueueMode } from "../core-settings.ts";

/** One message for an agent, whoever sent it. */
export interface Input {
  /** "sessions/{session}"; must exist. */
  readonly session: string;
  /** Text parts and files, checked by the caller for number and size. */
  readonly parts: Part[];
  /** Undefined means as configured. */
  readonly queueMode: QueueMode | undefined;
  readonly settings: RunSettings | undefined;
  readonly timeoutMs: number;
  /** Session.etag the sender has seen; empty means no check. */
  readonly sessionEtag: string;
  readonly trigger: Trigger;
  /** Principal that sent it. */
  readonly sender: string;
  /** Conversation the answer goes to, "channels/{channel}/conversations/{conversation}"; empty for none. */
  readonly deliverTo: string;
  /** Where a channel had it from; undefined for messages no channel brought. */
  readonly source?: InputSource;
}

/** Where a message came in. */
export interface InputSource {
  /** "channels/{channel}/conversations/{conversation}". */
  readonly conversation: string;
  readonly origin: Origin;
  /**
   * Waits this long for more from the same sender, even when the session is idle, in ms; 0 joins what waits and goes at once.
   * Undefined when the channel does not collect.
   */
  readonly collectMs: number | undefined;
  /** What it does while the session is busy, unless it or the session says otherwise; undefined means as configured for all. */
  readonly usualMode: QueueMode | undefined;
}

/** What became of a message. */
export interface Accepted {
  readonly run: Run;
  readonly disposition: "started" | "queued" | "steered" | "collected";
  /** Name of the recorded message. */
  readonly message: string;
  /** Event-log position right after it was accepted. */
  readonly sequence: number;
}
