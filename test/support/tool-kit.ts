/** Contexts for tests of tools. */

import { create } from "@bufbuild/protobuf";
import { RunSchema } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { SessionSchema } from "../../gen/openclaw/gateway/v1/session_pb.ts";
import type { ToolContext } from "../../src/core/agent/tool.ts";

/** A context with what is not given left at its simplest. */
export function toolContext(fields: Partial<ToolContext> = {}): ToolContext {
  return {
    session: create(SessionSchema, { name: "sessions/main" }),
    run: create(RunSchema, { name: "sessions/main/runs/1" }),
    nowMs: 0,
    timeZone: "UTC",
    signal: new AbortController().signal,
    ...fields,
  };
}
