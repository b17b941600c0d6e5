/** The check port: something that can be wrong with a gateway, and whether it is. */

import type { Finding } from "../../../gen/openclaw/gateway/v1/care_pb.ts";

/** How checks are run. */
export interface CheckContext {
  /** Also what takes long or calls others. */
  readonly deep: boolean;
  /** Put right what can be put right without harm, and say so in `Finding.repaired`. */
  readonly repair: boolean;
  readonly signal: AbortSignal;
}

/** One thing to look at. */
export interface Check {
  /** Lower-case words joined by dots: "store.integrity". */
  readonly id: string;
  /** Looks, and changes nothing unless a repair is asked for. No finding means that all is well. */
  run(context: CheckContext): Promise<Finding[]>;
}
