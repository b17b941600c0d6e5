/** The scenario of ../scenario.ts with connect-web, in a page. */

import { equals, toJson } from "@bufbuild/protobuf";
import { type CallOptions, type Client, createClient, type Transport } from "@connectrpc/connect";
import { type Event, EventSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { EventService } from "../../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService, GetGatewayResponseSchema } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { type Message, Message_Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, RunSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { CreateRunResponseSchema, RunService } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { CreateSessionResponseSchema, SessionService } from "../../../gen/openclaw/gateway/v1/session_service_pb.ts";
import { RunText } from "../run-text.ts";
import type { Finding, Task } from "../scenario.ts";
import { failureOf } from "./failure.ts";

/** Does the task; findings by step. */
export async function playWebScenario(transport: Transport, task: Task): Promise<[string, Finding][]> {
  const scenario = new WebScenario(transport, task);
  const findings: [string, Finding][] = [];
  for (const [name, step] of Object.entries(scenario.steps())) {
    findings.push([name, await step().catch((error: Error) => ({ crash: `${error} ${error.stack}` }))]);
  }
  return findings;
}

class WebScenario {
  readonly #task: Task;
  readonly #gateway: Client<typeof GatewayService>;
  readonly #sessions: Client<typeof SessionService>;
  readonly #runs: Client<typeof RunService>;
  readonly #events: Client<typeof EventService>;
  readonly #name: string;
  #cursor = "";
  #run = "";
  #etag = "";

  constructor(transport: Transport, task: Task) {
    this.#task = task;
    this.#gateway = createClient(GatewayService, transport);
    this.#sessions = createClient(SessionService, transport);
    this.#runs = createClient(RunService, transport);
    this.#events = createClient(EventService, transport);
    this.#name = `sessions/${task.session}`;
  }

  steps(): Record<string, () => Promise<Finding>> {
    return {
      gateway: () => this.#meet(),
      create: () => this.#create(),
      run: () => this.#start(),
      watch: () => this.#watched(this.#run, new RunText()),
      resume: () => this.#resume(),
      cancel: () => this.#cancel(),
      big: () => this.#big(),
      errors: () => this.#errors(),
      events: () => this.#follow(),
    };
  }

  /** What every call carries. */
  #as(token = this.#task.token): CallOptions & { headers: Record<string, string> } {
    return { headers: { authorization: `Bearer ${token}` }, timeoutMs: 20_000 };
  }

  async #meet(): Promise<Finding> {
    const response = await this.#gateway.getGateway({}, this.#as());
    this.#cursor = response.cursor;
    const { gateway, caller } = toJson(GetGatewayResponseSchema, response);
    return { state: gateway?.state, ...caller };
  }

  async #create(): Promise<Finding> {
    const { session: sessionId, title, labels } = this.#task;
    const request = { session: { title, labels }, sessionId, requestId: crypto.randomUUID() };
    const first = await this.#sessions.createSession(request, this.#as());
    this.#etag = first.session?.etag ?? "";
    const session = { title, labels: Object.fromEntries(Object.entries(labels).reverse()) };
    const repeated = await this.#sessions.createSession({ ...request, session }, this.#as()).catch(String);
    const isSame = typeof repeated !== "string" && equals(CreateSessionResponseSchema, first, repeated);
    const other = { ...request, session: { title: "another" } };
    return {
      ...toJson(CreateSessionResponseSchema, first).session,
      repeated: isSame ? "the same" : String(repeated),
      reused: await failureOf(this.#sessions.createSession(other, this.#as())),
    };
  }

  #ask(text: string) {
    const parts = [{ kind: { case: "text", value: text } as const }];
    return { parent: this.#name, parts, requestId: crypto.randomUUID() };
  }

  async #start(): Promise<Finding> {
    const request = this.#ask(this.#task.ask);
    const first = await this.#runs.createRun(request, this.#as());
    const second = await this.#runs.createRun(request, this.#as());
    this.#run = first.run?.name ?? "";
    const repeated = equals(CreateRunResponseSchema, first, second) ? "the same" : "another";
    return { run: this.#run, disposition: toJson(CreateRunResponseSchema, first).disposition, repeated };
  }

  async #resume(): Promise<Finding> {
    const { run } = await this.#runs.createRun(this.#ask(this.#task.ask), this.#as());
    const text = new RunText();
    await this.#firstWord(run?.name ?? "", text);
    const heldBytes = text.bytes();
    return { ...(await this.#watched(run?.name ?? "", text)), heldBytes };
  }

  async #cancel(): Promise<Finding> {
    const { run } = await this.#runs.createRun(this.#ask(this.#task.askForever), this.#as());
    const name = run?.name ?? "";
    const firstFrame = await this.#firstWord(name, new RunText());
    await this.#runs.cancelRun({ name, reason: this.#task.reason }, this.#as());
    return { ...(await this.#watched(name, new RunText())), firstFrame };
  }

  #watch(name: string, text: RunText) {
    const held = text.held().map((block) => ({ ...block, bytes: BigInt(block.bytes) }));
    return this.#runs.watchRun({ name, held }, this.#as());
  }

  /** Breaks off as soon as something was said; the kind of the first frame. */
  async #firstWord(name: string, text: RunText): Promise<string> {
    let first: string | undefined;
    for await (const { frame } of this.#watch(name, text)) {
      first ??= frame.case;
      if (frame.case !== "delta") continue;
      text.apply(frame.value);
      break;
    }
    return first ?? "";
  }

  /** Watches to the end; compares what was streamed with what the transcript holds. */
  async #watched(name: string, text: RunText): Promise<Finding> {
    const offsets: bigint[] = [];
    let lastFrame: string | undefined;
    let run: Run | undefined;
    for await (const { frame } of this.#watch(name, text)) {
      lastFrame = frame.case;
      if (frame.case === "run") run = frame.value;
      if (frame.case !== "delta") continue;
      text.apply(frame.value);
      offsets.push(frame.value.offset);
    }
    const outputs: Message[] = [];
    for (const output of run?.outputs ?? []) outputs.push(await this.#message(output));
    return {
      lastFrame,
      deltas: offsets.length,
      firstOffset: Number(offsets[0]),
      state: run && toJson(RunSchema, run).state,
      error: run?.error?.message ?? "",
      text: text.text(),
      transcript: outputs.map(textOf).join(""),
      truncated: outputs.some((message) => message.truncated),
    };
  }

  async #message(name: string): Promise<Message> {
    const { message } = await this.#sessions.getMessage({ name }, this.#as());
    if (message === undefined) throw new Error(`${name} is empty`);
    return message;
  }

  async #big(): Promise<Finding> {
    const value = this.#task.bigWord.repeat(this.#task.bigCount);
    const message = { role: Message_Role.USER, parts: [{ kind: { case: "text", value } as const }] };
    const request = { parent: this.#name, message, requestId: crypto.randomUUID() };
    const appended = await this.#sessions.appendMessage(request, this.#as());
    const read = textOf(await this.#message(appended.message?.name ?? ""));
    return { bytes: new TextEncoder().encode(read).length, same: read === value };
  }

  async #errors(): Promise<Finding> {
    const name = this.#name;
    const wrong = { title: "x".repeat(257), labels: { "NOT A KEY": "" } };
    const stale = { session: { name, title: "other", etag: this.#etag }, updateMask: { paths: ["title"] } };
    const get = (wanted: string, options: CallOptions) =>
      failureOf(this.#sessions.getSession({ name: wanted }, options));
    const requestId = crypto.randomUUID();
    return {
      notFound: await get("sessions/nobody", this.#as()),
      invalid: await failureOf(this.#sessions.createSession({ session: wrong, requestId }, this.#as())),
      etag: await failureOf(this.#sessions.updateSession(stale, this.#as())),
      wrongToken: await get(name, this.#as(this.#task.wrongToken)),
      noToken: await get(name, {}),
      stream: await failureOf(toEnd(this.#runs.watchRun({ name: `${name}/runs/no` }, this.#as()))),
      deadline: await failureOf(toEnd(this.#events.watchEvents({}, { ...this.#as(), timeoutMs: 300 }))),
    };
  }

  async #follow(): Promise<Finding> {
    const title = "changed meanwhile";
    const before = await this.#readEvents(this.#cursor, (events) => events.length > 0);
    await this.#sessions.updateSession({ session: { name: this.#name, title } }, this.#as());
    const after = await this.#readEvents(before.cursor, (events) => titleOf(events.at(-1)) === title);
    const seen = [...before.events, ...after.events];
    const [first] = seen;
    return {
      firstFrame: before.firstFrame,
      held: before.events.length,
      watched: seen.map((event) => Number(event.sequence)),
      listed: await this.#listEvents(),
      first: first && `${toJson(EventSchema, first).change} ${first.subject}`,
      last: titleOf(seen.at(-1)),
      kinds: [...new Set(seen.map((event) => event.resource.case))],
      actor: first?.actor,
    };
  }

  #subjects(): string[] {
    return [this.#name, `${this.#name}/**`];
  }

  async #readEvents(cursor: string, enough: (events: Event[]) => boolean) {
    const events: Event[] = [];
    let next = cursor;
    let firstFrame: string | undefined;
    for await (const { frame } of this.#events.watchEvents({ cursor, subjects: this.#subjects() }, this.#as())) {
      firstFrame ??= frame.case;
      if (frame.case !== "batch") continue;
      events.push(...frame.value.events);
      next = frame.value.cursor;
      if (enough(events)) break;
    }
    return { firstFrame, cursor: next, events };
  }

  async #listEvents(): Promise<number[]> {
    const listed: number[] = [];
    for (let cursor = this.#cursor; ; ) {
      const page = await this.#events.listEvents({ cursor, subjects: this.#subjects(), pageSize: 3 }, this.#as());
      listed.push(...page.events.map((event) => Number(event.sequence)));
      cursor = page.cursor;
      if (page.atEnd) return listed;
    }
  }
}

function textOf(message: Message): string {
  return message.parts.map(({ kind }) => (kind.case === "text" ? kind.value : "")).join("");
}

function titleOf(event: Event | undefined): string | undefined {
  return event?.resource.case === "session" ? event.resource.value.title : undefined;
}

async function toEnd(frames: AsyncIterable<unknown>): Promise<void> {
  const reader = frames[Symbol.asyncIterator]();
  while (!(await reader.next()).done);
}
