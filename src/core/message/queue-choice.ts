/** What a message does when its session is busy: as the caller says, the session, or the configuration. */

import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { QueueMode, QueueSettings } from "../core-settings.ts";
import type { RunRecord } from "../run/run-table.ts";
import type { Input } from "./input.ts";
import type { Busy } from "./new-run.ts";

/** Queue modes as Session.chat.queue_mode names them. */
const queueModeNames: Readonly<Record<string, QueueMode>> = {
  steer: "steer",
  follow_up: "followUp",
  collect: "collect",
  interrupt: "interrupt",
};

/**
 * The mode for this message. Where the answer goes to another conversation than the active run's, the message waits for a run
 * of its own: nobody hears what another asked, and nobody on a channel can break off what another is being told. A run that sums
 * up the transcript answers nobody: it is waited for.
 */
export function chooseMode(input: Input, { session, active, queue }: Busy): QueueMode {
  const wanted = input.queueMode ?? ownMode(session) ?? input.source?.usualMode ?? queue.mode;
  const summing = active?.run.compaction !== undefined;
  if (summing && (wanted === "steer" || wanted === "interrupt")) return "followUp";
  if (active === undefined || active.run.deliverTo === input.deliverTo) return wanted;
  if (wanted === "steer" || (wanted === "interrupt" && input.source !== undefined)) return "followUp";
  return wanted;
}

/** The waiting run a collected message may join: one whose answer goes to the same place. */
export function findCollecting(input: Input, { queued }: Busy): RunRecord | undefined {
  return queued.findLast(({ collecting, run }) => collecting && run.deliverTo === input.deliverTo);
}

/** The waiting run a sender's next message may join: one that holds only what the same sender wrote in the same place. */
export function findOwnCollecting(input: Input, busy: Busy): RunRecord | undefined {
  const found = findCollecting(input, busy);
  return found?.run.creator === input.sender ? found : undefined;
}

/** What may wait in the session: as it says itself, else as configured. */
export function queueOf({ chat }: Session, configured: QueueSettings): QueueSettings {
  const { queueCap, queueDebounceMs } = chat ?? {};
  if (queueCap === undefined && queueDebounceMs === undefined) return configured;
  const { cap, debounceMs } = configured;
  return { ...configured, cap: queueCap ?? cap, debounceMs: queueDebounceMs ?? debounceMs };
}

function ownMode({ chat }: Session): QueueMode | undefined {
  return chat?.queueMode === undefined ? undefined : queueModeNames[chat.queueMode];
}
