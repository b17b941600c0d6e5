/** `session_status`: what the agent can know about the conversation it is in. */

import type { JsonObject } from "@bufbuild/protobuf";
import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import type { Tool, ToolContext } from "../core/agent/tool.ts";
import { refuseUnknownFields } from "./tool-input.ts";

/**
 * Answers the session's name, title, agent, generation, sizes and times (ISO 8601), and the run's name, model, attempt and
 * start. A title or time that is not set is left out.
 */
export const sessionStatusTool: Tool = {
  name: "session_status",
  description:
    "The state of this conversation: title, model, number of messages, tokens of context in use, generation, waiting runs, and when it began.",
  inputSchema: { type: "object", properties: {}, additionalProperties: false },
  replaySafe: true,
  timeoutMs: 5_000,
  call: async (input, context) => describe(input, context),
};

function describe(input: JsonObject, { session, run, nowMs }: ToolContext): JsonObject {
  refuseUnknownFields(input, []);
  return {
    session: session.name,
    ...(session.title !== "" && { title: session.title }),
    agent: session.agent,
    generation: session.generation,
    messageCount: session.messageCount,
    contextTokens: Number(session.contextTokens),
    queuedRunCount: session.queuedRunCount,
    ...time("createTime", session.createTime),
    ...time("activeTime", session.activeTime),
    currentTime: new Date(nowMs).toISOString(),
    run: { name: run.name, model: run.model, attempt: run.attempt, ...time("startTime", run.startTime) },
  };
}

function time(field: string, value: Timestamp | undefined): JsonObject {
  return value ? { [field]: timestampDate(value).toISOString() } : {};
}
