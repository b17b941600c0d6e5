/** A path step by step: when, what, and its numbers. */

import { durationMs, type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Delivery, Delivery_State as Sending } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import {
  type InboundMessage,
  type Ingress,
  Ingress_Outcome as Outcome,
} from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { type Message, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import {
  type Run,
  Run_State as State,
  type ToolCall,
  ToolCall_State,
} from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { sessionOf } from "../names.ts";
import { dollarText } from "./cost.ts";
import type { Path } from "./path.ts";

/** One step. */
export interface PathStep {
  /** Undefined when nobody remembers. */
  readonly time: Timestamp | undefined;
  readonly kind: string;
  /** One sentence without a full stop. */
  readonly text: string;
  /** Resource it is about; may be empty. */
  readonly subject: string;
}

/** The steps of a path, in order of time; what happened at the same moment stays in the order of the path. */
export function stepsOf(path: Path): PathStep[] {
  const brought = new Set(path.ingress.map((ingress) => ingress.transcriptMessage));
  const steps = [
    ...path.ingress.flatMap(ingressSteps),
    ...path.inputs.filter((message) => !brought.has(message.name)).map(inputStep),
    ...(path.run === undefined ? [] : runSteps(path.run, path)),
    ...path.deliveries.flatMap(deliverySteps),
  ];
  return steps.sort((one, other) => momentOf(one) - momentOf(other));
}

function ingressSteps(ingress: Ingress): PathStep[] {
  const { name, message, rule, reason, route, session, createTime: time, outcome } = ingress;
  const from = message?.senderTitle || message?.senderAddress || "somebody";
  const channel = name.split("/")[1];
  const files = message?.attachments.length ? ` with ${count(message.attachments.length, "file")}` : "";
  const steps = [
    {
      kind: "accepted",
      time,
      text: `${channel} brought ${whatCame(message)} from ${from} in ${message?.address}${files}`,
      subject: name,
    },
    {
      kind: "access",
      time,
      text: `${verdicts[outcome] ?? "decided"} by ${rule || "no rule"}${reason ? `: ${reason}` : ""}`,
      subject: name,
    },
  ];
  if (route !== "") steps.push({ kind: "route", time, text: `${route} chose ${session}`, subject: session });
  return steps;
}

function whatCame(message: InboundMessage | undefined): string {
  const { platformId = "", reaction, replyTo, button } = message ?? {};
  if (reaction !== undefined)
    return `the reaction ${reaction.emoji}${reaction.remove ? ", taken back," : ""} to ${replyTo}`;
  return button ? `the pressed button ${platformId}` : platformId;
}

const verdicts: Partial<Record<Outcome, string>> = {
  [Outcome.ACCEPTED]: "admitted",
  [Outcome.COMMAND]: "carried out as a command",
  [Outcome.CONTEXT]: "kept as context",
  [Outcome.PAIRING]: "asked to pair",
  [Outcome.SUPPRESSED]: "suppressed",
  [Outcome.FAILED]: "failed",
};

function inputStep(message: Message): PathStep {
  const what = message.role === Role.USER ? "a message" : "a note";
  return {
    kind: "accepted",
    time: message.createTime,
    text: `${what} from ${message.sender || "the gateway"} was kept`,
    subject: message.name,
  };
}

function runSteps(run: Run, { toolCalls, dollars }: Pick<Path, "toolCalls" | "dollars">): PathStep[] {
  const { name, createTime, startTime, endTime, usage } = run;
  const steps = [
    {
      kind: "queued",
      time: createTime,
      text: `a run was made in ${sessionOf(name)}, asked by ${run.creator}`,
      subject: name,
    },
  ];
  if (startTime !== undefined) {
    const attempts = run.attempt > 1 ? `, attempt ${run.attempt}` : "";
    steps.push({
      kind: "started",
      time: startTime,
      text: `work began after waiting ${between(createTime, startTime)}${attempts}`,
      subject: name,
    });
  }
  for (const call of toolCalls) steps.push({ kind: "tool", time: endTime, text: toolText(call), subject: call.name });
  if (usage !== undefined && run.model !== "") {
    const tokens = `${usage.inputTokens} tokens in (${usage.cachedTokens} cached), ${usage.outputTokens} out`;
    steps.push({ kind: "model", time: endTime, text: `${run.model} answered: ${tokens}`, subject: name });
  }
  if (dollars !== undefined) {
    steps.push({ kind: "cost", time: endTime, text: `that cost about ${dollarText(dollars)}`, subject: name });
  }
  if (endTime !== undefined) {
    const why = run.error === undefined ? "" : `: ${run.error.message}`;
    steps.push({
      kind: "ended",
      time: endTime,
      text: `the run ${ends[run.state]} after ${between(startTime ?? createTime, endTime)}${why}`,
      subject: name,
    });
  }
  return steps;
}

const ends: Partial<Record<State, string>> = {
  [State.SUCCEEDED]: "succeeded",
  [State.FAILED]: "failed",
  [State.CANCELLED]: "was cancelled",
};

function toolText({ tool, state, elapsed }: ToolCall): string {
  const took = elapsed === undefined ? "" : ` in ${durationMs(elapsed)} ms`;
  if (state === ToolCall_State.FAILED) return `the tool ${tool} failed${took}`;
  return state === ToolCall_State.SUCCEEDED ? `the tool ${tool} answered${took}` : `the tool ${tool} was called`;
}

function deliverySteps(delivery: Delivery): PathStep[] {
  const { name, conversation, createTime, endTime, state, attempts, platformIds, error } = delivery;
  const piece = delivery.chunkCount > 1 ? `, piece ${delivery.chunk + 1} of ${delivery.chunkCount}` : "";
  const queued = {
    kind: "delivery",
    time: createTime,
    text: `${whatOf(delivery)} was queued for ${conversation}${piece}`,
    subject: name,
  };
  if (endTime === undefined && error === undefined) return [queued];
  const tries = attempts === 0 ? "without a try" : `after ${count(attempts, "try", "tries")}`;
  const why = error === undefined ? "" : `: ${error.message}`;
  if (state === Sending.SENT) {
    const ids = platformIds.length === 0 ? "" : ` as ${platformIds.join(", ")}`;
    return [
      queued,
      {
        kind: "sent",
        time: endTime,
        text: `the network took it ${tries}, ${between(createTime, endTime)}${ids}`,
        subject: name,
      },
    ];
  }
  return [
    queued,
    {
      kind: "unsent",
      time: endTime ?? delivery.retryTime,
      text: `${unsent[state] ?? "it waits"} ${tries}${why}`,
      subject: name,
    },
  ];
}

const unsent: Partial<Record<Sending, string>> = {
  [Sending.QUEUED]: "it waits for its next try",
  [Sending.SENDING]: "it is being sent",
  [Sending.FAILED]: "it failed",
  [Sending.AMBIGUOUS]: "nobody can say whether it was sent",
  [Sending.EXPIRED]: "it waited too long and was given up",
  [Sending.DISCARDED]: "it was discarded",
};

function whatOf({ action, run }: Delivery): string {
  const kind = action?.kind;
  if (kind?.case === undefined) return "a message";
  if (kind.case === "message" && kind.value.attachment !== undefined) return "a file";
  if (kind.case === "message") return run === "" ? "a message" : "an answer";
  return { edit: "an edit", delete: "a deletion", reaction: "a reaction", poll: "a poll" }[kind.case];
}

function momentOf({ time }: PathStep): number {
  return time === undefined ? Number.MAX_SAFE_INTEGER : timestampMs(time);
}

function between(from: Timestamp | undefined, to: Timestamp | undefined): string {
  if (from === undefined || to === undefined) return "a while";
  const ms = timestampMs(to) - timestampMs(from);
  return ms < 10_000 ? `${ms} ms` : `${Math.round(ms / 1_000)} s`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
