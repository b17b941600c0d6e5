/** What the port serves to GET besides RPCs and probes: pages and texts, each at a path of its own. */

import type { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import type { HeaderSet } from "../guard/origin-guard.ts";

/** The answer to a GET. */
export interface PageAnswer {
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** Beside the headers of every answer, or in their place. */
  readonly headers?: HeaderSet;
}

/** One path. */
export interface Page {
  /** "/metrics". */
  readonly path: string;
  /** What a caller needs; undefined for what everybody may see. */
  readonly scope: Scope | undefined;
  /** Makes the answer; undefined when there is nothing here now. */
  answer(): PageAnswer | undefined | Promise<PageAnswer | undefined>;
}
