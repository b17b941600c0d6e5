/** What has to happen in this process once a transaction about runs is safe on disk. */

import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run, ToolCall } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Recorder } from "../recorder.ts";
import type { RunRecord } from "./run-table.ts";

/** Something watchers of a run are shown. */
export type LiveChange =
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "output" | "input"; readonly run: string; readonly message: Message }
  | { readonly kind: "toolCall"; readonly run: string; readonly toolCall: ToolCall }
  | { readonly kind: "end"; readonly run: Run };

/** Hears what runs say and how they end, inside the transaction that keeps it. */
export interface RunListener {
  /** The run said this; it is among its outputs. */
  answered(recorder: Recorder, run: Run, message: Message): Promise<void>;
  /** The run ended; its state says how. */
  ended(recorder: Recorder, run: Run): Promise<void>;
}

/** Hears nothing. */
export const noListener: RunListener = { answered: async () => {}, ended: async () => {} };

/** Grants places for runs to be worked on; `handover` asks for the place of a run that is just ending. */
export interface Slots {
  take(handover: boolean): boolean;
  release(): void;
}

/** Collected during the transaction, applied after its commit, forgotten when it fails. */
export class RunEffects {
  /** Model of runs when neither they nor their session name one. */
  readonly defaultModel: string;
  readonly listener: RunListener;
  readonly #slots: Slots;
  #taken = 0;
  /** In order. */
  readonly shown: LiveChange[] = [];
  /** Runs to work on; each holds a slot. */
  readonly launched: RunRecord[] = [];
  /** Sessions with a queued run, and when it may start. */
  readonly waiting = new Map<string, number>();

  constructor(slots: Slots, defaultModel: string, listener: RunListener) {
    this.#slots = slots;
    this.defaultModel = defaultModel;
    this.listener = listener;
  }

  /** Takes a place for a run; false when there is none or the gateway is draining. */
  takeSlot(handover: boolean): boolean {
    if (!this.#slots.take(handover)) return false;
    this.#taken += 1;
    return true;
  }

  /** The run is to be worked on; a slot was taken for it. */
  launch(record: RunRecord): void {
    this.launched.push(record);
  }

  /** The session's next run waits until `readyTimeMs`, a slot, and the end of the active run. */
  wait(session: string, readyTimeMs: number): void {
    this.waiting.set(session, readyTimeMs);
  }

  show(change: LiveChange): void {
    this.shown.push(change);
  }

  /** The transaction failed: slots go back. */
  undo(): void {
    for (; this.#taken > 0; this.#taken--) this.#slots.release();
  }
}
