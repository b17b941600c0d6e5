/** Follows one run to its end, whatever happens to the connection. */

import { equals } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { Message } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, Run_State, RunSchema, type ToolCall } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import type { RunService, WatchRunResponse } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { type FollowOptions, reopeningStream } from "./reopening-stream.ts";
import { RunText, type TextChange } from "./run-text.ts";

/**
 * One step of a run. "append" and "replace" are text: see TextChange; every byte comes once. "message" is a message that
 * became final, "toolCall" a change of a tool call, "run" a change of the run itself; each comes once.
 */
export type RunStep =
  | (TextChange & { readonly kind: "append" | "replace" })
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "toolCall"; readonly toolCall: ToolCall }
  | { readonly kind: "message"; readonly message: Message };

/** True when the run is over: SUCCEEDED, FAILED or CANCELLED. */
export function isRunOver(run: Pick<Run, "state">): boolean {
  return run.state === Run_State.SUCCEEDED || run.state === Run_State.FAILED || run.state === Run_State.CANCELLED;
}

/**
 * Yields the steps of a run, from its beginning, and ends after its terminal state. Streams that break, fall silent or end
 * early are opened again where they were. Throws a GatewayError when there is no such run, when the gateway refuses the
 * caller, or when it stays away longer than `patienceMs`. Leaving the loop, or aborting, never stops the run.
 */
export async function* followRun(
  runs: Client<typeof RunService>,
  name: string,
  options: FollowOptions = {},
): AsyncGenerator<RunStep, void, undefined> {
  const text = new RunText();
  const news = new RunNews();
  let gap = false;
  const open = (signal: AbortSignal): AsyncIterable<WatchRunResponse> => {
    gap = false;
    return untilGap(runs.watchRun({ name, held: text.held() }, { signal }), () => gap);
  };
  for await (const { frame } of reopeningStream(open, options)) {
    if (frame.case === "delta") {
      const { kind, block, channel, text: bytes } = text.apply(frame.value);
      gap = kind === "gap";
      if (kind === "append" || kind === "replace") yield { kind, block, channel, text: bytes };
    } else {
      const step = news.step(frame);
      if (step) yield step;
      if (step?.kind === "run" && isRunOver(step.run)) return;
    }
  }
}

/** Drops what a reopened stream tells again. */
class RunNews {
  #run: Run | undefined;
  readonly #messages = new Set<string>();
  readonly #toolCalls = new Map<string, ToolCall["state"]>();

  step(frame: WatchRunResponse["frame"]): RunStep | undefined {
    switch (frame.case) {
      case "run":
        if (this.#run && equals(RunSchema, this.#run, frame.value)) return undefined;
        this.#run = frame.value;
        return { kind: "run", run: frame.value };
      case "toolCall":
        if (this.#toolCalls.get(frame.value.name) === frame.value.state) return undefined;
        this.#toolCalls.set(frame.value.name, frame.value.state);
        return { kind: "toolCall", toolCall: frame.value };
      case "message":
        if (this.#messages.has(frame.value.name)) return undefined;
        this.#messages.add(frame.value.name);
        return { kind: "message", message: frame.value };
      default:
        return undefined;
    }
  }
}

/** Ends the stream once bytes are missing, so that the next one begins with what is held. */
async function* untilGap(
  frames: AsyncIterable<WatchRunResponse>,
  isGap: () => boolean,
): AsyncGenerator<WatchRunResponse> {
  for await (const frame of frames) {
    yield frame;
    if (isGap()) return;
  }
}
