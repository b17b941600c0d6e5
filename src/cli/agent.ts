/** `openclaw agent`. */

import { randomUUID } from "node:crypto";
import type { CreateRunRequestJson, CreateRunResponseJson } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { defineCommand, type Invocation } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";
import { lastPart, sessionName } from "./link/names.ts";
import { thinkingLevels } from "./sessions/settings-options.ts";
import type { Terminal } from "./terminal/terminal.ts";

const agentOptions = {
  message: { kind: "text", short: "m", value: "text", help: "what to say; - reads it from standard input" },
  session: { kind: "text", value: "session", help: "where to say it; made when it is not there", fallback: "main" },
  model: { kind: "text", value: "provider/model", help: "model for this answer" },
  thinking: { kind: "text", value: "level", help: "how much the model thinks first", choices: thinkingLevels },
  queue: {
    kind: "text",
    value: "mode",
    help: "what happens when the session is busy; otherwise as the gateway is configured",
    choices: ["steer", "followup", "collect", "interrupt", "reject"],
  },
  "timeout-run": { kind: "number", value: "s", help: "longest time the answer may take", min: 1, max: 172_800 },
} as const;

/** Says something to the agent and prints its answer as it comes. */
export const command = defineCommand({
  words: [],
  options: agentOptions,
  details: `
In a terminal, thinking and tool calls are shown dimmed; otherwise standard output gets the answer alone. A connection that
breaks is opened again without a byte lost or repeated. Ctrl+C stops the run; a second one leaves at once.
With --json: one document with the run, its messages and the text of the answer, when it is over.`,
  examples: ['agent -m "what is on today?"', "agent --session garden -m - < notes.txt", "agent -m hi --json"],
  async run(invocation) {
    const { options, terminal, link } = invocation;
    const text = await messageText(terminal, options.message);
    const request = requestFrom(options, text);
    // The client loads while the gateway accepts the message.
    const loading = Promise.all([link.client(), import("./runs/run-follower.ts")]);
    loading.catch(() => {});
    const accepted = await createRun(invocation, request);
    const name = accepted.run?.name ?? "";
    let interrupted = false;
    invocation.onInterrupt(() => {
      if (interrupted) process.exit(130);
      interrupted = true;
      terminal.note(terminal.errorColors.dim("\n(stopping the run; Ctrl+C again leaves at once)"));
      link.calls.runs.cancelRun({ name, reason: "interrupted with Ctrl+C" }).catch(() => process.exit(130));
    });
    const [client, { followToEnd }] = await loading;
    if (!terminal.json) tellDisposition(terminal, accepted);
    await followToEnd({ terminal, steps: client.followRun(name), accepted, wasInterrupted: () => interrupted });
    return interrupted ? 130 : 0;
  },
});

type Agent = Pick<Invocation, "link" | "terminal">;

/** A session that is not there is made. */
async function createRun({ link, terminal }: Agent, request: CreateRunRequestJson): Promise<CreateRunResponseJson> {
  const { runs, sessions } = link.calls;
  try {
    return await runs.createRun(request);
  } catch (thrown) {
    if (!hasReason(thrown, "NOT_FOUND")) throw thrown;
  }
  const sessionId = lastPart(request.parent);
  try {
    await sessions.createSession({ sessionId, requestId: randomUUID() });
    if (!terminal.json) terminal.note(terminal.errorColors.dim(`(new session ${sessionId})`));
  } catch (thrown) {
    // Somebody else was faster: it is there, which is all that was wanted.
    if (!hasReason(thrown, "ALREADY_EXISTS")) throw thrown;
  }
  return runs.createRun({ ...request, requestId: randomUUID() });
}

function hasReason(thrown: unknown, reason: string): boolean {
  return thrown instanceof Error && "reason" in thrown && thrown.reason === reason;
}

interface AgentOptions {
  readonly session: string;
  readonly model: string | undefined;
  readonly thinking: string | undefined;
  readonly queue: string | undefined;
  readonly "timeout-run": number | undefined;
}

const queueModes = {
  steer: "QUEUE_MODE_STEER",
  followup: "QUEUE_MODE_FOLLOW_UP",
  collect: "QUEUE_MODE_COLLECT",
  interrupt: "QUEUE_MODE_INTERRUPT",
  reject: "QUEUE_MODE_REJECT",
} as const;

function requestFrom(options: AgentOptions, text: string): CreateRunRequestJson {
  const timeout = options["timeout-run"];
  return {
    parent: sessionName(options.session),
    requestId: randomUUID(),
    parts: [{ text }],
    settings: { model: options.model, thinking: options.thinking },
    ...(options.queue ? { queueMode: queueModes[options.queue as keyof typeof queueModes] } : {}),
    ...(timeout === undefined ? {} : { timeout: `${timeout}s` }),
  };
}

async function messageText(terminal: Terminal, given: string | undefined): Promise<string> {
  if (given !== undefined && given !== "-") return given;
  if (given === undefined) throw new UsageError("there is nothing to say", 'write: openclaw agent -m "…"');
  let text = "";
  terminal.stdin.setEncoding("utf8");
  for await (const piece of terminal.stdin) text += piece;
  if (text.trim() === "") throw new UsageError("standard input is empty", "pipe the message in, or give it with -m");
  return text;
}

function tellDisposition(terminal: Terminal, { disposition, run }: CreateRunResponseJson): void {
  const told: Readonly<Record<string, string>> = {
    DISPOSITION_QUEUED: "waiting for the runs before it",
    DISPOSITION_STEERED: `handed to the active run ${lastPart(run?.name)}`,
    DISPOSITION_COLLECTED: `will be answered together with what waits already, by ${lastPart(run?.name)}`,
  };
  const text = told[disposition ?? ""];
  if (text) terminal.note(terminal.errorColors.dim(`(${text})`));
}
