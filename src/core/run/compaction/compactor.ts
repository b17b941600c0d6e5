/** Compacts transcripts: chooses what is old, has it summed up, and puts the summary in its place for agents. */

import type { Message } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Message_Role as Role } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_State as State } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { FaultPoint } from "../../../lib/fault-point.ts";
import type { Log } from "../../../lib/log.ts";
import type { ModelCatalog } from "../../agent/model.ts";
import type { Answer } from "../../agent/model-answer.ts";
import type { ModelCaller } from "../../agent/model-caller.ts";
import { chainOf } from "../../agent/model-choice.ts";
import { gatewayActor } from "../../changes.ts";
import type { AgentSettings, CompactionSettings } from "../../core-settings.ts";
import { sessionOf } from "../../names.ts";
import type { Recorder } from "../../recorder.ts";
import type { Store } from "../../store.ts";
import type { ActiveRun } from "../live/active-run.ts";
import type { RunDispatcher } from "../run-dispatcher.ts";
import { keepRun, showStep, withAnswer } from "../run-outputs.ts";
import { endRun, findFenced, getSession, startNext } from "../run-transitions.ts";
import { chooseCut, estimateTokens, type Kept, keptIn } from "./choose-cut.ts";
import type { CompactionOrder } from "./order-compaction.ts";
import { readSince } from "./read-since.ts";
import { Summariser } from "./summariser.ts";

/** What a compactor is built from. Settings are read on use. */
export interface CompactorParts {
  readonly store: Store;
  readonly dispatcher: RunDispatcher;
  readonly models: ModelCaller;
  readonly catalog: ModelCatalog;
  readonly settings: { readonly agent: AgentSettings; readonly compaction: CompactionSettings };
  readonly faults: FaultPoint;
  readonly log: Log;
}

/** What is summed up. */
interface Plan {
  readonly session: Session;
  readonly before: Message | undefined;
  readonly messages: readonly Message[];
  /** Position of the last of them. */
  readonly position: bigint;
}

/** Which part of what a model reads may be filled before a transcript is compacted by itself. */
const fullShare = 0.8;

/** Works on runs that compact, and helps runs whose model cannot read their transcript. */
export class Compactor {
  readonly #parts: CompactorParts;
  readonly #summariser: Summariser;

  constructor(parts: CompactorParts) {
    this.#parts = parts;
    this.#summariser = new Summariser(parts.models);
  }

  /** Works on a run that compacts until it has ended. Throws the Failure it is to end with; the transcript is as it was then. */
  async drive(active: ActiveRun): Promise<void> {
    const { compaction } = active.record.run;
    const session = await this.#session(active);
    const windowTokens = await this.#windowOf(chainOf(this.#parts.settings.agent, session)[0] ?? "");
    const kept = keptIn(this.#parts.settings.compaction, windowTokens, compaction?.automatic === true);
    const plan = await this.#plan(active, () => kept);
    const answer = plan && (await this.#sumUp(active, plan));
    this.#parts.faults("compaction.answered");
    await this.#parts.dispatcher.change(gatewayActor, async (recorder, effects) => {
      const record = await findFenced(recorder.tables, active.record.run.name, active.record.epoch);
      if (record === undefined) return;
      this.#parts.faults("run.step");
      const summed = plan && answer && (await insertSummary(recorder, active, { plan, answer }));
      const outputs = summed === undefined ? [] : [summed.message];
      const run = answer === undefined ? record.run : withAnswer(record.run, answer, outputs);
      showStep(effects, run, { outputs, placed: [] });
      const ending = { state: State.SUCCEEDED, stopReason: answer?.stopReason, session: summed?.changes } as const;
      await endRun(recorder, effects, { record: { ...record, run }, ending });
      await startNext(recorder, effects, { session: sessionOf(run.name), handover: true });
    });
  }

  /**
   * Makes room for a run whose model could not read the transcript. True when there is less to read now; false when nothing
   * could be left out or summed up. It is a step of that run: its tokens count there.
   */
  async relieve(active: ActiveRun): Promise<boolean> {
    const { log, dispatcher, faults } = this.#parts;
    try {
      const plan = await this.#plan(active, (messages) => {
        const tokens = estimateTokens(messages);
        const kept = keptIn(this.#parts.settings.compaction, tokens, true);
        return { ...kept, turns: 1 };
      });
      if (plan === undefined) return false;
      const answer = await this.#sumUp(active, plan);
      faults("compaction.answered");
      return await dispatcher.change(gatewayActor, async (recorder, effects) => {
        const record = await findFenced(recorder.tables, active.record.run.name, active.record.epoch);
        if (record === undefined) return false;
        const { changes } = await insertSummary(recorder, active, { plan, answer });
        await recorder.updateSession(await getSession(recorder.tables, plan.session.name), changes);
        await keepRun(recorder, effects, {
          ...record,
          run: { ...withAnswer(record.run, answer, []), model: record.run.model },
        });
        return true;
      });
    } catch (error) {
      if (active.signal.aborted) throw error;
      log.warn({ err: error, run: active.record.run.name }, "a transcript that is too long could not be summed up");
      return false;
    }
  }

  /**
   * The compaction that is to follow an answer: when the model that gave it has read about as much as it can, or there is more
   * than it was given. Undefined when there is no need, or nothing to gain.
   */
  orderAfter(answer: Answer, messages: readonly Message[]): CompactionOrder | undefined {
    const { compaction, agent } = this.#parts.settings;
    if (!compaction.enabled) return undefined;
    const windowTokens = answer.contextTokens || agent.contextTokens;
    const read = Number(answer.usage.inputTokens + answer.usage.outputTokens);
    if (Math.max(read, estimateTokens(messages)) < windowTokens * fullShare) return undefined;
    const spoken = messages.filter(({ compactedPosition }) => compactedPosition === 0n);
    if (chooseCut(spoken, keptIn(compaction, windowTokens, true)) === 0) return undefined;
    return { instructions: "", automatic: true, creator: gatewayActor, settings: compaction };
  }

  #session(active: ActiveRun): Promise<Session> {
    return this.#parts.store.read((tables) => getSession(tables, sessionOf(active.record.run.name)));
  }

  #plan(active: ActiveRun, keptOf: (messages: readonly Message[]) => Kept): Promise<Plan | undefined> {
    return this.#parts.store.read(async (tables) => {
      const session = await getSession(tables, sessionOf(active.record.run.name));
      const all = await readSince(tables.messages, session);
      const cut = chooseCut(all, keptOf(all));
      const messages = all.slice(0, cut);
      const position = messages.at(-1)?.position;
      if (position === undefined) return undefined;
      const before = session.summary === "" ? undefined : await tables.messages.find(session.summary);
      return { session, before, messages, position };
    });
  }

  #sumUp(active: ActiveRun, { session, before, messages }: Plan): Promise<Answer> {
    const { agent, compaction } = this.#parts.settings;
    const chosen = active.record.run.compaction === undefined ? compaction.model : active.record.run.settings?.model;
    return this.#summariser.sumUp({
      active,
      chain: chosen === undefined ? chainOf(agent, session) : [chosen],
      windowTokens: agent.contextTokens,
      before,
      messages,
      wish: active.record.run.compaction?.instructions ?? "",
      timeoutMs: compaction.timeoutMs,
    });
  }

  /** Tokens the model reads; what the agent is configured with when nobody knows. */
  async #windowOf(reference: string): Promise<number> {
    const { catalog, settings } = this.#parts;
    const model = await catalog.get(reference).catch(() => undefined);
    return model?.contextTokens || settings.agent.contextTokens;
  }
}

/** Adds the summary; the caller makes the changes of the session. */
async function insertSummary(
  recorder: Recorder,
  active: ActiveRun,
  { plan, answer }: { readonly plan: Plan; readonly answer: Answer },
) {
  const session = await getSession(recorder.tables, plan.session.name);
  const message = await recorder.insertMessage(session.name, {
    generation: active.record.run.generation,
    role: Role.SYSTEM,
    parts: [...answer.parts],
    run: active.record.run.name,
    draft: answer.draft,
    compactedPosition: plan.position,
  });
  const messageCount = session.messageCount + 1;
  const changes = { messageCount, contextTokens: 0n, compactedPosition: plan.position, summary: message.name };
  return { message, changes };
}
