/** Compactions somebody asks for. */

import type { CoreSettings } from "../../core-settings.ts";
import { requireSessionName } from "../../names.ts";
import { doOnce, type Once } from "../../once.ts";
import type { RunDispatcher } from "../run-dispatcher.ts";
import { startNext } from "../run-transitions.ts";
import { orderCompaction } from "./order-compaction.ts";

/** Which session, and on whose behalf. */
export interface CompactSession {
  readonly name: string;
  /** What the summary is to pay attention to; may be empty. */
  readonly instructions: string;
  readonly actor: string;
}

/** Takes orders. */
export class Compactions {
  readonly #dispatcher: RunDispatcher;
  readonly #settings: Pick<CoreSettings, "compaction">;

  constructor(dispatcher: RunDispatcher, settings: Pick<CoreSettings, "compaction">) {
    this.#dispatcher = dispatcher;
    this.#settings = settings;
  }

  /** Name of the run that does it, safe on disk. Fails with NOT_FOUND, FIELD_INVALID and REQUEST_ID_REUSED. */
  compact({ name, instructions, actor }: CompactSession, once: Once<string>): Promise<string> {
    const session = requireSessionName(name, "name");
    return this.#dispatcher.change(actor, (recorder, effects) =>
      doOnce(recorder, once, async () => {
        const order = { instructions: instructions.trim(), automatic: false, creator: actor };
        const run = await orderCompaction(recorder, session, { ...order, settings: this.#settings.compaction });
        await startNext(recorder, effects, { session, handover: false });
        return run.name;
      }),
    );
  }
}
