/** Care as a gateway that runs offers it over the wire: what its disk adds to the checks, and its backups. */

import type { Places } from "../config/places.ts";
import type { CareParts } from "../core/care/care.ts";
import { systemClock } from "../lib/clock.ts";
import { StateBackups } from "../storage/backup/state-backups.ts";
import { StoreCheck } from "../storage/care/store-check.ts";

/** What care is plugged with. */
export interface CareSurroundings {
  /** Where everything is now; asked for every backup. */
  readonly places: () => Places;
  /** Of the program. */
  readonly version: string;
  /** Why the open store refuses changes, as `Store` has it. */
  readonly readOnlyReason?: () => string | undefined;
  /** Empties the log of the open store; see `SqliteStore.fold`. */
  readonly fold?: () => Promise<void>;
}

/** What a gateway that runs offers. */
export function careParts({ places, version, readOnlyReason, fold }: CareSurroundings): CareParts {
  return {
    checks: [new StoreCheck(places().stateDir, { readOnlyReason, fold })],
    backups: new StateBackups({ places, version, clock: systemClock }),
  };
}
