/** One small real call to a model: does its provider answer, and take the key? */

import { create } from "@bufbuild/protobuf";
import { MessageSchema, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { untilAborted } from "../../lib/until-aborted.ts";
import type { ModelCatalog, ModelRequest } from "../agent/model.ts";
import { Failure } from "../errors.ts";

/** Longest time for an answer, in ms: less than a call may take. */
const patienceMs = 20_000;

/** How the call ended. */
export interface ModelProbe {
  /** Why the model cannot be used and what to do, in words; empty when it answered. */
  readonly problem: string;
  readonly latencyMs: number;
}

const request: ModelRequest = {
  instructions: "Answer with one word.",
  messages: [
    create(MessageSchema, {
      name: "sessions/main/messages/probe",
      role: Role.USER,
      parts: [{ kind: { case: "text", value: "Say ok." } }],
    }),
  ],
  tools: [],
  // Models that think first spend some of it on that; a cut answer is an answer here.
  maxOutputTokens: 256,
};

/** Calls the model once. Throws only bugs, and what `signal` aborted with. */
export async function probeModel(catalog: ModelCatalog, reference: string, signal: AbortSignal): Promise<ModelProbe> {
  const startMs = performance.now();
  const problem = await findProblem(catalog, reference, signal);
  return { problem, latencyMs: Math.round(performance.now() - startMs) };
}

async function findProblem(catalog: ModelCatalog, reference: string, signal: AbortSignal): Promise<string> {
  const late = AbortSignal.timeout(patienceMs);
  const either = AbortSignal.any([signal, late]);
  try {
    const model = await catalog.get(reference);
    for await (const chunk of untilAborted(model.stream(request, either), either)) if (chunk.kind === "finish") break;
    return "";
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted)
      return `${reference} did not answer within ${patienceMs / 1_000} s; try again, or choose another model`;
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
