/** `openclaw agent`. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Attachment } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import {
  type CreateRunRequestSchema,
  type CreateRunResponse,
  CreateRunResponse_Disposition as Disposition,
  CreateRunRequest_QueueMode as QueueMode,
} from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import type { GatewayClient } from "../client/client.ts";
import { gatewayErrorFrom } from "../client/gateway-error.ts";
import { defineCommand } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";
import { attachFiles } from "./link/attach-files.ts";
import { lastPart, sessionName } from "./link/names.ts";
import { followToEnd } from "./runs/run-follower.ts";
import { thinkingLevels } from "./sessions/options/settings-options.ts";
import type { Terminal } from "./terminal/terminal.ts";

const agentOptions = {
  message: { kind: "text", short: "m", value: "text", help: "what to say; - reads it from standard input" },
  file: { kind: "list", value: "path", help: "a file to send with it; may be given several times" },
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
Models that take pictures are shown png, jpeg, gif and webp files of up to 5 MiB, and every model is told the first 64 KiB of
a text file; of other files they are told name and size. What takes pictures: "openclaw models list".
With --json: one document with the run, its messages and the text of the answer, when it is over.`,
  examples: [
    'agent -m "what is on today?"',
    "agent --session garden -m - < notes.txt",
    'agent -m "what is this?" --file photo.png',
    "agent -m hi --json",
  ],
  async run({ options, terminal, link, onInterrupt }) {
    const text = await messageText(terminal, options);
    const client = await link.client();
    const files = await attachFiles(client, options.file);
    const accepted = await createRun(client, terminal, requestFrom(options, text, files));
    const name = accepted.run?.name ?? "";
    let interrupted = false;
    onInterrupt(() => {
      if (interrupted) process.exit(130);
      interrupted = true;
      terminal.note(terminal.errorColors.dim("\n(stopping the run; Ctrl+C again leaves at once)"));
      client.runs.cancelRun({ name, reason: "interrupted with Ctrl+C" }).catch(() => process.exit(130));
    });
    if (!terminal.json) tellDisposition(terminal, accepted);
    await followToEnd({ terminal, steps: client.followRun(name), accepted, wasInterrupted: () => interrupted });
    return interrupted ? 130 : 0;
  },
});

type Request = Exclude<MessageInitShape<typeof CreateRunRequestSchema>, { $typeName: string }>;

/** A session that is not there is made. */
async function createRun(client: GatewayClient, terminal: Terminal, request: Request): Promise<CreateRunResponse> {
  const { runs, sessions } = client;
  try {
    return await runs.createRun(request);
  } catch (thrown) {
    if (!hasReason(thrown, "NOT_FOUND")) throw thrown;
  }
  const sessionId = lastPart(request.parent);
  try {
    await sessions.createSession({ sessionId });
    if (!terminal.json) terminal.note(terminal.errorColors.dim(`(new session ${sessionId})`));
  } catch (thrown) {
    // Somebody else was faster: it is there, which is all that was wanted.
    if (!hasReason(thrown, "ALREADY_EXISTS")) throw thrown;
  }
  return runs.createRun(request);
}

function hasReason(thrown: unknown, reason: string): boolean {
  return gatewayErrorFrom(thrown).reason === reason;
}

interface AgentOptions {
  readonly session: string;
  readonly model: string | undefined;
  readonly thinking: string | undefined;
  readonly queue: string | undefined;
  readonly "timeout-run": number | undefined;
}

const queueModes = {
  steer: QueueMode.STEER,
  followup: QueueMode.FOLLOW_UP,
  collect: QueueMode.COLLECT,
  interrupt: QueueMode.INTERRUPT,
  reject: QueueMode.REJECT,
} as const;

function requestFrom(options: AgentOptions, text: string, files: readonly Attachment[]): Request {
  const timeout = options["timeout-run"];
  return {
    parent: sessionName(options.session),
    parts: [
      ...(text === "" ? [] : [{ kind: { case: "text" as const, value: text } }]),
      ...files.map((value) => ({ kind: { case: "attachment" as const, value } })),
    ],
    settings: { model: options.model, thinking: options.thinking },
    ...(options.queue ? { queueMode: queueModes[options.queue as keyof typeof queueModes] } : {}),
    ...(timeout === undefined ? {} : { timeout: { seconds: BigInt(timeout) } }),
  };
}

/** Empty only when there are files to send without a word. */
async function messageText(
  terminal: Terminal,
  { message: given, file }: { readonly message: string | undefined; readonly file: readonly string[] },
): Promise<string> {
  if (given !== undefined && given !== "-") return given;
  if (given === undefined && file.length > 0) return "";
  if (given === undefined) throw new UsageError("there is nothing to say", 'write: openclaw agent -m "…"');
  let text = "";
  terminal.stdin.setEncoding("utf8");
  for await (const piece of terminal.stdin) text += piece;
  if (text.trim() === "") throw new UsageError("standard input is empty", "pipe the message in, or give it with -m");
  return text;
}

function tellDisposition(terminal: Terminal, { disposition, run }: CreateRunResponse): void {
  const told: Readonly<Record<number, string>> = {
    [Disposition.QUEUED]: "waiting for the runs before it",
    [Disposition.STEERED]: `handed to the active run ${lastPart(run?.name)}`,
    [Disposition.COLLECTED]: `will be answered together with what waits already, by ${lastPart(run?.name)}`,
  };
  const text = told[disposition];
  if (text) terminal.note(terminal.errorColors.dim(`(${text})`));
}
