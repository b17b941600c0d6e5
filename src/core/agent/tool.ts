/** The tool port: something an agent can do. */

import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { ToolSchema } from "./model.ts";

/** What a tool may know about the call it serves. */
export interface ToolContext {
  readonly session: Session;
  readonly run: Run;
  readonly nowMs: number;
  /** IANA zone of the machine. */
  readonly timeZone: string;
  /** Aborts when the run is cancelled, times out, or is fenced. */
  readonly signal: AbortSignal;
}

/** What a tool answers: text, or data that is given to the model as JSON. */
export type ToolOutput = string | JsonValue;

/** Something an agent can do. */
export interface Tool extends ToolSchema {
  /**
   * True when calling it twice is the same as calling it once. After a crash such a call is made again; any other call whose
   * result was not committed is reported to the model as failed, with its outcome unknown.
   */
  readonly replaySafe: boolean;
  readonly timeoutMs: number;
  /** Does it. `input` was parsed but not checked: check it. Throws an Error whose message tells the model what to do next. */
  call(input: JsonObject, context: ToolContext): Promise<ToolOutput>;
}
