/** Decides which runs are worked on: one a session, a bounded number in all, none while draining. */

import { type Run, Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { type Clock, type Pause, pauseLeftMs } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { type Changes, gatewayActor } from "../changes.ts";
import type { RunLimits } from "../core-settings.ts";
import { Failure, internalError } from "../errors.ts";
import { sessionOf } from "../names.ts";
import type { Recorder } from "../recorder.ts";
import { ActiveRun } from "./live/active-run.ts";
import type { LiveRuns } from "./live/live-runs.ts";
import { type LiveChange, noListener, RunEffects, type RunListener, type Slots } from "./run-effects.ts";
import type { RunRecord } from "./run-table.ts";
import { type Ending, endRun, findFenced, remainingMs, startNext } from "./run-transitions.ts";

/** Works on one run until it has ended, was taken away, or `active.signal` aborts. */
export type DriveRun = (active: ActiveRun) => Promise<void>;

/** What a dispatcher is built from. */
export interface DispatcherParts {
  readonly changes: Changes;
  readonly liveRuns: LiveRuns;
  readonly clock: Clock;
  readonly limits: RunLimits;
  /** Model of runs when neither they nor their session name one; asked whenever a run begins. */
  readonly defaultModel: () => string;
  readonly log: Log;
  readonly drive: DriveRun;
  /** Hears what runs say; nobody unless given. */
  readonly listener?: () => RunListener;
}

/** Why a run's worker has to stop although the run may go on elsewhere, or has ended already. */
class TakenAway extends Error {}

/** The dispatcher. Everything that changes runs goes through its `change`. */
export class RunDispatcher {
  readonly #parts: DispatcherParts;
  readonly #active = new Map<string, ActiveRun>();
  /** Sessions with a queued run. */
  readonly #waiting = new Map<string, Pause>();
  /** Runs on which work begins in a moment, as they are by now. */
  readonly #beginning = new Map<string, RunRecord>();
  readonly #slots: Slots;
  readonly #ended = new TakenAway("the run has ended");
  #used = 0;
  #draining = true;
  #pumping = false;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void) | undefined;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.#slots = {
      take: (handover) => {
        const free = this.#used < parts.limits.maxConcurrent || (handover && this.#waiting.size === 0);
        if (this.#draining || !free) return false;
        this.#used += 1;
        return true;
      },
      release: () => {
        this.#used -= 1;
      },
    };
  }

  /** Hears what runs say and how they end. */
  get listener(): RunListener {
    return this.#parts.listener?.() ?? noListener;
  }

  /** Runs being worked on in this process. */
  get activeCount(): number {
    return this.#active.size;
  }

  /** Starts working: on interrupted runs (RUNNING records whose epoch was just raised) and on sessions with queued runs. */
  start(interrupted: readonly RunRecord[], waiting: Iterable<string>): void {
    this.#draining = false;
    for (const record of interrupted) {
      this.#used += 1;
      this.#launch(record);
    }
    for (const session of waiting) this.#waiting.set(session, { sinceMs: 0, untilMs: 0 });
    void this.#pump();
  }

  /** A transaction that may start or end runs: what it decided takes effect once it is safe on disk. */
  async change<T>(actor: string, work: (recorder: Recorder, effects: RunEffects) => Promise<T>): Promise<T> {
    const attempts: RunEffects[] = [];
    try {
      const result = await this.#parts.changes.transact(actor, (recorder) => {
        const effects = new RunEffects(this.#slots, this.#parts.defaultModel(), this.listener);
        attempts.push(effects);
        return work(recorder, effects);
      });
      for (const effects of attempts) this.#apply(effects);
      return result;
    } catch (error) {
      for (const effects of attempts) effects.undo();
      throw error;
    }
  }

  /**
   * Stops starting runs and waits up to `graceMs` for active ones. What has not ended by then is left as it is on disk and
   * goes on at the next start. Returns how many were left. It waits no longer once `hurry` aborts.
   */
  async drain(graceMs: number, hurry?: AbortSignal): Promise<number> {
    this.#draining = true;
    clearTimeout(this.#timer);
    if (this.#active.size > 0 && !hurry?.aborted) await this.#whenIdle(graceMs, hurry);
    const left = [...this.#active.values()];
    for (const active of left) active.stop(new TakenAway("the gateway is stopping"));
    await Promise.all(left.map((active) => active.done));
    return left.length;
  }

  #apply(effects: RunEffects): void {
    for (const change of effects.shown) this.#show(change);
    // Whoever asked is answered first: work on its run begins in the next turn of the event loop.
    for (const record of effects.launched) {
      this.#beginning.set(record.run.name, record);
      setImmediate(() => this.#begin(record.run.name));
    }
    for (const [session, readyTimeMs] of effects.waiting) this.#wait(session, readyTimeMs);
    if (effects.waiting.size > 0) void this.#pump();
  }

  #show(change: LiveChange): void {
    const { liveRuns } = this.#parts;
    if (change.kind === "end") {
      this.#beginning.delete(change.run.name);
      liveRuns.end(change.run);
      this.#active.get(change.run.name)?.stop(this.#ended);
      return;
    }
    if (change.kind === "run") this.#showRun(change.run);
    else if (change.kind === "toolCall") liveRuns.find(change.run)?.addToolCall(change.toolCall);
    else if (change.kind === "input") liveRuns.find(change.run)?.addInput(change.message);
    else liveRuns.find(change.run)?.addOutput(change.message);
  }

  #showRun(run: Run): void {
    const beginning = this.#beginning.get(run.name);
    if (beginning !== undefined) this.#beginning.set(run.name, { ...beginning, run });
    this.#parts.liveRuns.find(run.name)?.setRun(run);
  }

  /** A run that was ended before work on it could begin is not worked on: it would have a worker nobody stops. */
  #begin(name: string): void {
    const record = this.#beginning.get(name);
    this.#beginning.delete(name);
    if (record !== undefined) this.#launch(record);
    else {
      this.#slots.release();
      void this.#pump();
    }
  }

  #launch(record: RunRecord): void {
    const { liveRuns, limits, clock } = this.#parts;
    // Its transaction was under way when the drain began: it goes on at the next start.
    if (this.#draining) {
      this.#slots.release();
      return;
    }
    const live = liveRuns.open(record.run);
    live.setRun(record.run);
    const active = new ActiveRun({
      record,
      live,
      leaseMs: limits.leaseMs,
      timeoutMs: remainingMs(record.run, clock.nowMs()),
      giveUp: (failure) => this.#giveUp(active, failure),
    });
    this.#active.set(record.run.name, active);
    active.done = this.#work(active);
  }

  async #work(active: ActiveRun): Promise<void> {
    try {
      await this.#parts.drive(active);
    } catch (error) {
      if (!active.signal.aborted) await this.#giveUp(active, this.#failureOf(error, active));
    } finally {
      active.close();
      this.#active.delete(active.record.run.name);
      this.#slots.release();
      if (this.#active.size === 0) this.#idle?.();
      void this.#pump();
    }
  }

  #failureOf(error: unknown, active: ActiveRun): Failure {
    if (error instanceof Failure) return error;
    this.#parts.log.error({ err: error, run: active.record.run.name }, "a run failed because of a bug");
    return internalError();
  }

  /** Ends a run that cannot go on (failed, took too long, made no progress) and takes it from its worker. */
  async #giveUp(active: ActiveRun, failure: Failure): Promise<void> {
    const { name } = active.record.run;
    const partial = { parts: active.live.uncommittedParts(), draft: active.live.draft };
    const ending: Ending = { state: State.FAILED, failure, partial };
    try {
      await this.change(gatewayActor, async (recorder, effects) => {
        const record = await findFenced(recorder.tables, name, active.record.epoch);
        if (record === undefined) return;
        await endRun(recorder, effects, { record, ending });
        await startNext(recorder, effects, { session: sessionOf(name), handover: this.#active.has(name) });
      });
    } catch (error) {
      const { log, limits } = this.#parts;
      log.error({ err: error, run: name, retryMs: limits.retryMs }, "the end of a run could not be kept; trying again");
      active.stop(new TakenAway("its end could not be kept"));
      this.#giveUpLater(active, failure);
    }
  }

  /** A run that is active on disk and has no worker would silence its session. After a drain it goes on at the next start. */
  #giveUpLater(active: ActiveRun, failure: Failure): void {
    const again = (): void => {
      if (!this.#draining) void this.#giveUp(active, failure);
    };
    setTimeout(again, this.#parts.limits.retryMs).unref();
  }

  /** Starts what waits and may start, as many as there are places, in the order they wait: sessions take turns. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (let due = this.#nextDue(); due.length > 0; due = this.#nextDue()) {
        for (const session of due) this.#waiting.delete(session);
        await Promise.all(due.map((session) => this.#startIn(session)));
      }
    } finally {
      this.#pumping = false;
    }
    this.#armTimer();
  }

  async #startIn(session: string): Promise<void> {
    try {
      await this.change(gatewayActor, (recorder, effects) =>
        startNext(recorder, effects, { session, handover: false }),
      );
    } catch (error) {
      const { log, clock, limits } = this.#parts;
      log.error({ err: error, session, retryMs: limits.retryMs }, "a queued run could not be started; trying again");
      this.#wait(session, clock.nowMs() + limits.retryMs);
    }
  }

  #wait(session: string, untilMs: number): void {
    this.#waiting.set(session, { sinceMs: this.#parts.clock.nowMs(), untilMs });
  }

  #nextDue(): string[] {
    const free = this.#parts.limits.maxConcurrent - this.#used;
    if (this.#draining || free <= 0) return [];
    const nowMs = this.#parts.clock.nowMs();
    const due: string[] = [];
    for (const [session, pause] of this.#waiting) {
      if (pauseLeftMs(pause, nowMs) === 0) due.push(session);
      if (due.length === free) break;
    }
    return due;
  }

  #armTimer(): void {
    clearTimeout(this.#timer);
    // Whoever gives a place back looks for itself.
    const full = this.#used >= this.#parts.limits.maxConcurrent;
    if (this.#draining || full || this.#waiting.size === 0) return;
    // What became due since it was looked at must not be forgotten: it is looked at again at once.
    const nowMs = this.#parts.clock.nowMs();
    const delaysMs = [...this.#waiting.values()].map((pause) => pauseLeftMs(pause, nowMs));
    this.#timer = setTimeout(() => void this.#pump(), Math.min(...delaysMs));
  }

  #whenIdle(graceMs: number, hurry: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        hurry?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, graceMs);
      hurry?.addEventListener("abort", end);
      this.#idle = end;
    });
  }
}
