/** Does what an agent asks of a tool; whatever happens, there is an answer for the model. */

import type { ToolUse } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import type { ActiveRun } from "../run/live/active-run.ts";
import type { ToolAnswer } from "../run/tool-results.ts";
import { noTracer, type Tracer } from "../telemetry/tracer.ts";
import type { ToolSchema } from "./model.ts";
import type { Tool } from "./tool.ts";

/** What a runner is built from. */
export interface ToolRunnerParts {
  readonly tools: readonly Tool[];
  readonly clock: Clock;
  /** IANA zone of the machine. Asked for by the first tool that wants to know: the data behind it takes 7 MB. */
  readonly timeZone: () => string;
  readonly tracer?: Tracer;
}

/** One call of a tool. */
export interface ToolCallRequest {
  readonly active: ActiveRun;
  readonly session: Session;
  readonly use: ToolUse;
}

/** Runs tools. */
export class ToolRunner {
  readonly #parts: ToolRunnerParts;
  readonly #byName: ReadonlyMap<string, Tool>;

  constructor(parts: ToolRunnerParts) {
    this.#parts = parts;
    this.#byName = new Map(parts.tools.map((tool) => [tool.name, tool]));
  }

  /** What models are told. */
  schemas(): readonly ToolSchema[] {
    return this.#parts.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  }

  /** True when a call whose outcome is unknown may simply be made again. */
  isReplaySafe(tool: string): boolean {
    return this.#byName.get(tool)?.replaySafe === true;
  }

  /** Calls the tool. A tool that fails, is unknown or takes too long is a failed answer; only an abort of the run rejects. */
  async call(request: ToolCallRequest): Promise<ToolAnswer> {
    const { tracer = noTracer } = this.#parts;
    const { active, use } = request;
    // A model can ask for a tool of any name: only those there are become names of what is measured.
    const tool = this.#byName.has(use.tool) ? use.tool : "unknown";
    const span = tracer.span("tool.call", active.record.run.name, { attributes: { tool } });
    try {
      const answer = await this.#answer(request);
      span.end(answer.failed ? "FAILED" : undefined);
      return answer;
    } catch (error) {
      span.end("ABORTED");
      throw error;
    }
  }

  async #answer(request: ToolCallRequest): Promise<ToolAnswer> {
    const { active, use } = request;
    const tool = this.#byName.get(use.tool);
    if (tool === undefined) return { use, failed: true, text: this.#unknown(use.tool) };
    if (use.input?._malformed !== undefined)
      return { use, failed: true, text: "the input was no JSON object; send it again" };
    const signal = AbortSignal.any([active.signal, AbortSignal.timeout(tool.timeoutMs)]);
    try {
      const output = await raceAbort(tool.call(use.input ?? {}, this.#context(request, signal)), signal);
      return { use, failed: false, text: typeof output === "string" ? output : JSON.stringify(output) };
    } catch (error) {
      if (active.signal.aborted) throw active.signal.reason;
      if (signal.aborted) return { use, failed: true, text: `${use.tool} took longer than ${tool.timeoutMs / 1000} s` };
      return { use, failed: true, text: errorWords(error) };
    } finally {
      active.touch();
    }
  }

  #context(request: ToolCallRequest, signal: AbortSignal) {
    const { clock, timeZone } = this.#parts;
    const { session, active } = request;
    return {
      session,
      run: active.live.run,
      nowMs: clock.nowMs(),
      signal,
      get timeZone() {
        return timeZone();
      },
    };
  }

  #unknown(tool: string): string {
    return `there is no tool "${tool}"; the tools are: ${[...this.#byName.keys()].join(", ")}`;
  }
}
