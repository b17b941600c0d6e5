/** Compacts transcripts: chooses what is old, has it summed up, and puts the summary in its place for agents. */

import type { Message } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { FaultPoint } from "../../../lib/fault-point.ts";
import type { Log } from "../../../lib/log.ts";
import type { ModelCatalog } from "../../agent/model.ts";
import type { Answer } from "../../agent/model-answer.ts";
import type { ModelCaller } from "../../agent/model-caller.ts";
import { chainOf } from "../../agent/model-choice.ts";
import type { Store } from "../../store.ts";
import type { ActiveRun } from "../live/active-run.ts";
import type { RunDispatcher } from "../run-dispatcher.ts";
import { estimateTokens, keptIn } from "./choose-cut.ts";
import { type AfterRun, type OrderSettings, orderAfter } from "./order-after.ts";
import { type Plan, readPlan, readSession } from "./plan.ts";
import { Summariser } from "./summariser.ts";
import { SummaryCommits, type Summed } from "./summary-commits.ts";

/** What a compactor is built from. Settings are read on use. */
export interface CompactorParts {
  readonly store: Store;
  readonly dispatcher: RunDispatcher;
  readonly models: ModelCaller;
  readonly catalog: ModelCatalog;
  readonly settings: OrderSettings;
  readonly faults: FaultPoint;
  readonly log: Log;
}

/** Works on runs that compact, and helps runs whose model cannot read their transcript. */
export class Compactor {
  readonly #parts: CompactorParts;
  readonly #summariser: Summariser;
  readonly #commits: SummaryCommits;

  constructor(parts: CompactorParts) {
    this.#parts = parts;
    this.#summariser = new Summariser(parts.models);
    this.#commits = new SummaryCommits(parts.dispatcher, parts.faults);
  }

  /** Works on a run that compacts until it has ended. Throws the Failure it is to end with; the transcript is as it was then. */
  async drive(active: ActiveRun): Promise<void> {
    const { store, settings } = this.#parts;
    const session = await readSession(store, active);
    const windowTokens = await this.#windowOf(chainOf(settings.agent, session)[0] ?? "");
    const automatic = active.record.run.compaction?.automatic === true;
    const plan = await readPlan(store, active, () => keptIn(settings.compaction, windowTokens, automatic));
    await this.#commits.end(active, plan && (await this.#sumUp(active, plan)));
  }

  /**
   * Makes room for a run whose model could not read the transcript. True when there is less to read now; false when nothing
   * could be left out or summed up. It is a step of that run: its tokens count there.
   */
  async relieve(active: ActiveRun): Promise<boolean> {
    const { store, settings, log } = this.#parts;
    try {
      // How much the model reads is not what was believed: what there is is measured instead.
      const plan = await readPlan(store, active, (messages) => ({
        ...keptIn(settings.compaction, estimateTokens(messages), true),
        turns: 1,
      }));
      return plan !== undefined && (await this.#commits.keep(active, await this.#sumUp(active, plan)));
    } catch (error) {
      if (active.signal.aborted) throw error;
      log.warn({ err: error, run: active.record.run.name }, "a transcript that is too long could not be summed up");
      return false;
    }
  }

  /** The compaction that is to follow an answer to `messages`; undefined for none. */
  orderAfter(answer: Answer, messages: readonly Message[]): AfterRun | undefined {
    return orderAfter(this.#parts.settings, answer, messages);
  }

  async #sumUp(active: ActiveRun, plan: Plan): Promise<Summed> {
    const { agent, compaction } = this.#parts.settings;
    const { run } = active.record;
    const writer = run.compaction === undefined ? compaction.model : run.settings?.model;
    const answer = await this.#summariser.sumUp({
      active,
      chain: writer === undefined ? chainOf(agent, plan.session) : [writer],
      windowTokens: agent.contextTokens,
      before: plan.before,
      messages: plan.messages,
      wish: run.compaction?.instructions ?? "",
      timeoutMs: compaction.timeoutMs,
    });
    this.#parts.faults("compaction.answered");
    return { plan, answer };
  }

  /** Tokens the model reads; what the agent is configured with when nobody knows. */
  async #windowOf(reference: string): Promise<number> {
    const { catalog, settings } = this.#parts;
    const model = await catalog.get(reference).catch(() => undefined);
    return model?.contextTokens || settings.agent.contextTokens;
  }
}
