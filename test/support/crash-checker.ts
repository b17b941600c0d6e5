/** Proves that nothing was lost and nothing was done twice, from what a gateway tells of itself and what it acknowledged. */

import { type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import { expect } from "chai";
import type { Event } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import { type Message, MessageSchema, Message_Role as Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, RunSchema, Run_State as State } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { type Session, SessionSchema } from "../../gen/openclaw/gateway/v1/session_pb.ts";
import { type GatewayClient, isRunOver } from "../../src/client/gateway-client.ts";
import type { Load } from "./load.ts";
import { expectGapFree, readLog } from "./log-reader.ts";

/** Everything a gateway knows. */
interface Known {
  readonly sessions: readonly Session[];
  readonly runs: readonly Run[];
  /** By session, in transcript order. */
  readonly transcripts: ReadonlyMap<string, readonly Message[]>;
  readonly log: readonly Event[];
}

/** Waits until every run has ended. */
export async function untilIdle(client: GatewayClient): Promise<void> {
  for (;;) {
    const { gateway } = await client.gateway.getGateway({});
    if (gateway?.activeRuns === 0 && gateway.queuedRuns === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Fails unless the gateway kept every promise about what the load was told. Returns the log. */
export async function checkPromises(client: GatewayClient, load: Load): Promise<readonly Event[]> {
  const known = await readEverything(client);
  expectGapFree(known.log);
  expectInputsKept(known, load);
  for (const run of known.runs) expectRunLegal(run, known);
  for (const session of known.sessions) expectSessionCounted(session, known);
  expectLogTellsState(known);
  await expectSameAnswers(client, load);
  return known.log;
}

async function readEverything(client: GatewayClient): Promise<Known> {
  const { sessions } = await client.sessions.listSessions({ pageSize: 200 });
  const runs: Run[] = [];
  for (let pageToken = "", first = true; first || pageToken !== ""; first = false) {
    const page = await client.runs.listRuns({ parent: "sessions/-", pageSize: 200, pageToken });
    runs.push(...page.runs);
    pageToken = page.nextPageToken;
  }
  const transcripts = new Map<string, Message[]>();
  for (const { name } of sessions) transcripts.set(name, await readTranscript(client, name));
  return { sessions, runs, transcripts, log: await readLog(client) };
}

async function readTranscript(client: GatewayClient, parent: string): Promise<Message[]> {
  const messages: Message[] = [];
  for (let pageToken = "", first = true; first || pageToken !== ""; first = false) {
    const page = await client.sessions.listMessages({ parent, pageSize: 200, pageToken });
    messages.push(...page.messages);
    pageToken = page.nextPageToken;
  }
  return messages.reverse();
}

/** Every acknowledged input is there once, with its run; of a refused one there is nothing. */
function expectInputsKept({ runs, transcripts }: Known, load: Load): void {
  const inputs = [...transcripts.values()].flat().filter(({ role }) => role === Role.USER || role === Role.SYSTEM);
  const byName = new Map(runs.map((run) => [run.name, run]));
  for (const { kind, requestId, name, message } of load.acknowledged) {
    if (kind === "session") continue;
    const kept = inputs.filter((input) => textOf(input).includes(requestId));
    expect(
      kept.map((input) => input.name),
      `messages of request ${requestId}, ${kind} ${name}`,
    ).to.deep.equal([message]);
    expect(kept[0]?.pending, `${message} still waits`).to.equal(false);
    if (kind === "run") expect(byName.get(name)?.inputs, `inputs of ${name}`).to.include(message);
  }
  const told = new Set(load.acknowledged.map(({ message }) => message));
  expect(inputs.filter((input) => !told.has(input.name)).map(({ name }) => name)).to.deep.equal([]);
}

/** It ended by name, every step was committed once, every call has one result, and the agent answered each input once. */
function expectRunLegal(run: Run, { transcripts }: Known): void {
  expect(isRunOver(run), `${run.name} has state ${run.state}`).to.equal(true);
  if (run.state !== State.SUCCEEDED) expect(run.error?.message, run.name).not.to.equal("");
  expect(run.attempt, `attempts of ${run.name}`).to.be.within(0, 3);
  const transcript = transcripts.get(run.name.split("/", 2).join("/")) ?? [];
  const outputs = transcript.filter((message) => message.run === run.name && isOutput(message));
  expect(
    outputs.map(({ name }) => name),
    `outputs of ${run.name}`,
  ).to.deep.equal(run.outputs);
  const drafts = outputs.filter(({ role }) => role === Role.ASSISTANT).map(({ draft }) => draft);
  expect(new Set(drafts).size, `drafts of ${run.name}`).to.equal(drafts.length);
  expectCallsAnswered(run, outputs);
  if (run.state === State.SUCCEEDED) expectInputsAnswered(run, transcript, outputs);
}

function expectCallsAnswered(run: Run, outputs: readonly Message[]): void {
  let open: string[] = [];
  for (const { role, parts } of outputs) {
    if (role === Role.ASSISTANT) expect(open, `calls of ${run.name} without a result`).to.deep.equal([]);
    for (const { kind } of parts) {
      if (kind.case === "toolUse") open.push(kind.value.callId);
      if (kind.case !== "toolResult") continue;
      const { callId } = kind.value;
      expect(open, `${run.name} has a result without a call`).to.include(callId);
      open = open.filter((other) => other !== callId);
    }
  }
  expect(open, `calls of ${run.name} without a result`).to.deep.equal([]);
}

/** The echo model says every input back: an input that was answered twice, or never, shows. */
function expectInputsAnswered(run: Run, transcript: readonly Message[], outputs: readonly Message[]): void {
  const said = outputs.filter(({ role }) => role === Role.ASSISTANT).map(textOf);
  for (const name of run.inputs) {
    const input = transcript.find((message) => message.name === name);
    const marker = textOf(input ?? expect.fail(`${name} is not in the transcript`)).slice(0, 36);
    const times = said.filter((text) => text.includes(marker)).length;
    expect(times, `${run.name} answered ${name} this often`).to.equal(1);
  }
}

function expectSessionCounted(session: Session, { transcripts }: Known): void {
  const { length } = transcripts.get(session.name) ?? [];
  const counted = { active: session.activeRun, queued: session.queuedRunCount, messages: session.messageCount };
  expect(counted, session.name).to.deep.equal({ active: "", queued: 0, messages: length });
}

/** The last event of every resource says what the resource is now: a change and its event were one transaction. */
function expectLogTellsState({ sessions, runs, transcripts, log }: Known): void {
  const last = new Map(log.map(({ subject, resource }) => [subject, resource.value]));
  const check = <Desc extends DescMessage>(schema: Desc, resource: MessageShape<Desc>, name: string): void => {
    const told = last.get(name) as MessageShape<Desc> | undefined;
    const now = toJson<DescMessage>(schema, resource);
    expect(told && toJson<DescMessage>(schema, told), `the last event of ${name}`).to.deep.equal(now);
  };
  for (const session of sessions) check(SessionSchema, session, session.name);
  for (const run of runs) check(RunSchema, run, run.name);
  for (const message of [...transcripts.values()].flat()) check(MessageSchema, message, message.name);
}

async function expectSameAnswers(client: GatewayClient, load: Load): Promise<void> {
  for (const { requestId, name, again } of load.acknowledged) {
    expect(await again(client), `the answer to request ${requestId}`).to.equal(name);
  }
}

function isOutput({ role }: Message): boolean {
  return role === Role.ASSISTANT || role === Role.TOOL;
}

function textOf({ parts }: Message): string {
  return parts.map(({ kind }) => (kind.case === "text" ? kind.value : "")).join("\n");
}
