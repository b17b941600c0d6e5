/** A message that gets a run of its own. */

import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Message, type Part, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { RunSchema, Run_State as State, Run_Trigger as Trigger } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { QueueSettings } from "../core-settings.ts";
import { queueFull } from "../errors.ts";
import { patch, type Recorder } from "../recorder.ts";
import type { RunEffects } from "../run/run-effects.ts";
import type { RunRecord } from "../run/run-table.ts";
import { modelOf, started } from "../run/run-transitions.ts";
import type { Accepted, Input } from "./input.ts";

/** What a session is busy with. */
export interface Busy {
  readonly session: Session;
  readonly active: RunRecord | undefined;
  /** In the order they will start. */
  readonly queued: readonly RunRecord[];
  readonly queue: QueueSettings;
}

/** A message that needs a run: `now` when the session is idle, else its place among the runs that wait. */
export interface NewRun {
  readonly input: Input;
  readonly busy: Busy;
  readonly place: "now" | "front" | "back" | "collect";
  /** Name of the run, when it had to be known before. */
  readonly name?: string;
}

/** A name for a run to come. */
export function newRunName(recorder: Recorder, session: Session): string {
  return `${session.name}/runs/${recorder.newId()}`;
}

/** Records the message and its run, and starts the run if it may start. Fails with QUEUE_FULL. */
export async function addRun(
  recorder: Recorder,
  effects: RunEffects,
  { input, busy, place, name = newRunName(recorder, busy.session) }: NewRun,
): Promise<Accepted> {
  const { session } = busy;
  const mayStart = busy.active === undefined && (place === "now" || place === "front");
  const starts = mayStart && effects.takeSlot(place === "front");
  if (!starts && place !== "now") checkRoom(busy, input);
  const message = await addInput(recorder, { input, session, run: name, pending: !starts });
  const queued = makeRecord(recorder, { input, busy, name, message, place });
  const model = modelOf(queued.run, session, effects.defaultModel);
  const record = await recorder.insertRun(starts ? started(queued, recorder.nowMs, model) : queued);
  await recorder.updateSession(session, {
    archived: false,
    messageCount: session.messageCount + 1,
    activeTime: timestampFromMs(recorder.nowMs),
    ...interactionOf(input, recorder.nowMs),
    activeRun: starts ? name : session.activeRun,
    queuedRunCount: session.queuedRunCount + (starts ? 0 : 1),
  });
  if (starts) effects.launch(record);
  else effects.wait(session.name, record.readyTimeMs);
  const sequence = await recorder.sequence();
  return { run: record.run, disposition: starts ? "started" : "queued", message: message.name, sequence };
}

/** The change of a session that somebody wrote to. Jobs and the gateway itself are nobody. */
export function interactionOf({ trigger }: Input, nowMs: number): Partial<Pick<Session, "interactionTime">> {
  const spoken = trigger === Trigger.CLIENT || trigger === Trigger.CHANNEL;
  return spoken ? { interactionTime: timestampFromMs(nowMs) } : {};
}

/** Fails with QUEUE_FULL when the session may not hold another waiting message of this size. */
export function checkRoom(busy: Busy, input: Input): void {
  const { session, queued, queue } = busy;
  const messages = queued.reduce((sum, record) => sum + record.run.inputs.length, 0);
  if (messages >= queue.cap) throw queueFull(session.name, `${queue.cap} messages`);
  const bytes = queued.reduce((sum, record) => sum + record.inputBytes, 0) + sizeOf(input.parts);
  if (bytes > queue.maxBytes) throw queueFull(session.name, `${queue.maxBytes} bytes`);
}

/** Bytes of UTF-8 in text parts. */
export function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { kind }) => sum + (kind.case === "text" ? Buffer.byteLength(kind.value) : 0), 0);
}

/** A message on its way to a run. */
export interface NewInput {
  readonly input: Input;
  readonly session: Session;
  /** Run that will answer it. */
  readonly run: string;
  readonly pending: boolean;
}

/** Records the message. The caller counts it in the session and adds it to the run's inputs. */
export function addInput(recorder: Recorder, { input, session, run, pending }: NewInput): Promise<Message> {
  const { parts, sender, source } = input;
  return recorder.insertMessage(session.name, {
    generation: session.generation,
    role: Role.USER,
    parts,
    run,
    sender,
    pending,
    ...(source === undefined ? {} : { conversation: source.conversation, origin: source.origin }),
  });
}

interface RecordParts {
  readonly input: Input;
  readonly busy: Busy;
  readonly name: string;
  readonly message: Message;
  readonly place: NewRun["place"];
}

function makeRecord(recorder: Recorder, parts: RecordParts): RunRecord {
  const { input, name, message, place } = parts;
  const { session } = parts.busy;
  const run = create(RunSchema, {
    name,
    state: State.QUEUED,
    trigger: input.trigger,
    agent: session.agent,
    inputs: [message.name],
    createTime: timestampFromMs(recorder.nowMs),
    generation: session.generation,
    timeout: durationFromMs(input.timeoutMs),
    creator: input.sender,
    deliverTo: input.deliverTo,
  });
  return {
    run: input.settings === undefined ? run : patch(run, { settings: input.settings }),
    epoch: 0,
    rank: place === "front" ? Math.min(1, ...parts.busy.queued.map((waiting) => waiting.rank)) - 1 : 1,
    readyTimeMs: place === "collect" ? recorder.nowMs + parts.busy.queue.debounceMs : 0,
    inputBytes: sizeOf(input.parts),
    collecting: place === "collect",
  };
}
