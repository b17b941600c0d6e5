/** Tools that do what a test tells them and remember how they were called. */

import type { JsonObject } from "@bufbuild/protobuf";
import type { Tool, ToolContext, ToolOutput } from "../../src/core/agent/tool.ts";

/** A call a tool received. */
export interface SeenToolCall {
  readonly input: JsonObject;
  readonly context: ToolContext;
}

/** A tool with a scripted answer. */
export interface ScriptedTool extends Tool {
  readonly calls: SeenToolCall[];
}

/** What a scripted tool is made of. */
export interface ScriptedToolOptions {
  readonly answer: (call: SeenToolCall) => ToolOutput | Promise<ToolOutput>;
  readonly replaySafe?: boolean;
  readonly timeoutMs?: number;
}

/** A tool that answers by the script. */
export function scriptedTool(name: string, options: ScriptedToolOptions): ScriptedTool {
  const calls: SeenToolCall[] = [];
  return {
    name,
    description: `the ${name} tool of a test`,
    inputSchema: { type: "object" },
    replaySafe: options.replaySafe ?? false,
    timeoutMs: options.timeoutMs ?? 60_000,
    calls,
    call: async (input, context) => {
      const call = { input, context };
      calls.push(call);
      return options.answer(call);
    },
  };
}
