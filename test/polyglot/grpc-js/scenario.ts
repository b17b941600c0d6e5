/** The scenario of ../scenario.ts with @grpc/grpc-js. */

import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { compressionAlgorithms } from "@grpc/grpc-js";
import { RunText } from "../run-text.ts";
import type { Finding, Findings, Task } from "../scenario.ts";
import type {
  PlainCreateRun,
  PlainEvent,
  PlainEventFrame,
  PlainEventPage,
  PlainGetGateway,
  PlainMessage,
  PlainRun,
  PlainRunFrame,
  PlainSession,
} from "./plain-messages.ts";
import { type Frames, failureOf, type PlainRequest, Stub } from "./stub.ts";

interface Stubs {
  readonly gateway: Stub;
  readonly sessions: Stub;
  readonly runs: Stub;
  readonly events: Stub;
}

/** Does the task in this process. */
export async function playGrpcJs(task: Task): Promise<Findings> {
  const { target, token, caFile } = task;
  const channel = { "grpc.default_compression_algorithm": compressionAlgorithms.gzip };
  const certificate = caFile === undefined ? undefined : await readFile(caFile);
  const stub = (name: string): Stub =>
    new Stub(`openclaw.gateway.v1.${name}Service`, { target, token, channel, ...(certificate ? { certificate } : {}) });
  const stubs = { gateway: stub("Gateway"), sessions: stub("Session"), runs: stub("Run"), events: stub("Event") };
  try {
    return await new GrpcJsScenario(task, stubs).play();
  } finally {
    for (const each of Object.values(stubs)) each.close();
  }
}

class GrpcJsScenario {
  readonly #task: Task;
  readonly #stubs: Stubs;
  readonly #name: string;
  #cursor = "";
  #run = "";
  #etag = "";

  constructor(task: Task, stubs: Stubs) {
    this.#task = task;
    this.#stubs = stubs;
    this.#name = `sessions/${task.session}`;
  }

  async play(): Promise<Findings> {
    const steps: Record<string, () => Promise<Finding>> = {
      gateway: () => this.#meet(),
      create: () => this.#create(),
      run: () => this.#start(),
      watch: () => this.#watched(this.#run, new RunText()),
      resume: () => this.#resume(),
      cancel: () => this.#cancel(),
      big: () => this.#big(),
      errors: () => this.#errors(),
      events: () => this.#events(),
    };
    const findings = new Map<string, Finding>();
    for (const [name, step] of Object.entries(steps)) {
      findings.set(name, await step().catch((error: Error) => ({ crash: error.stack })));
    }
    return findings;
  }

  async #meet(): Promise<Finding> {
    const { gateway, caller, cursor } = await this.#stubs.gateway.unary<PlainGetGateway>("getGateway", {});
    this.#cursor = cursor;
    return { state: gateway.state, principal: caller.principal, scopes: caller.scopes };
  }

  async #create(): Promise<Finding> {
    const { session: sessionId, title, labels } = this.#task;
    const request = { session: { title, labels }, sessionId, requestId: randomUUID() };
    const first = await this.#stubs.sessions.unary<{ session: PlainSession }>("createSession", request);
    const { session } = first;
    this.#etag = session.etag;
    const turned = { title, labels: Object.fromEntries(Object.entries(labels).reverse()) };
    const again = { ...request, session: turned };
    const repeated = await this.#stubs.sessions.unary<object>("createSession", again).catch(String);
    const other = { ...request, session: { title: "another" } };
    return {
      ...session,
      repeated: JSON.stringify(repeated) === JSON.stringify(first) ? "the same" : repeated,
      reused: await failureOf(this.#stubs.sessions.unary("createSession", other)),
    };
  }

  #runRequest(text: string): PlainRequest {
    return { parent: this.#name, parts: [{ text }], requestId: randomUUID() };
  }

  async #start(): Promise<Finding> {
    const request = this.#runRequest(this.#task.ask);
    const first = await this.#stubs.runs.unary<PlainCreateRun>("createRun", request);
    const second = await this.#stubs.runs.unary<PlainCreateRun>("createRun", request);
    this.#run = first.run.name;
    const repeated = JSON.stringify(first) === JSON.stringify(second) ? "the same" : second;
    return { run: first.run.name, disposition: first.disposition, repeated };
  }

  async #resume(): Promise<Finding> {
    const { run } = await this.#stubs.runs.unary<PlainCreateRun>("createRun", this.#runRequest(this.#task.ask));
    const text = new RunText();
    await this.#firstWord(run.name, text);
    const heldBytes = text.bytes();
    return { ...(await this.#watched(run.name, text)), heldBytes };
  }

  async #cancel(): Promise<Finding> {
    const { run } = await this.#stubs.runs.unary<PlainCreateRun>("createRun", this.#runRequest(this.#task.askForever));
    const firstFrame = await this.#firstWord(run.name, new RunText());
    await this.#stubs.runs.unary("cancelRun", { name: run.name, reason: this.#task.reason });
    return { ...(await this.#watched(run.name, new RunText())), firstFrame };
  }

  #watch(name: string, text: RunText): Frames<PlainRunFrame> {
    return this.#stubs.runs.stream("watchRun", { name, held: text.held() });
  }

  /** Breaks off as soon as something was said; the kind of the first frame. */
  async #firstWord(name: string, text: RunText): Promise<string> {
    const frames = this.#watch(name, text);
    frames.on("error", () => {});
    let first: string | undefined;
    for await (const message of frames) {
      first ??= message.frame;
      if (message.frame !== "delta") continue;
      text.apply(message.delta);
      break;
    }
    frames.cancel();
    return first ?? "";
  }

  /** Watches to the end; compares what was streamed with what the transcript holds. */
  async #watched(name: string, text: RunText): Promise<Finding> {
    const deltas: { offset: string }[] = [];
    let lastFrame = "";
    let run: PlainRun | undefined;
    for await (const message of this.#watch(name, text)) {
      lastFrame = message.frame;
      if (message.frame === "run") run = message.run;
      if (message.frame !== "delta") continue;
      text.apply(message.delta);
      deltas.push(message.delta);
    }
    const outputs: PlainMessage[] = [];
    for (const name of run?.outputs ?? []) outputs.push(await this.#message(name));
    const parts = outputs.flatMap((message) => message.parts);
    return {
      lastFrame,
      deltas: deltas.length,
      firstOffset: Number(deltas[0]?.offset),
      state: run?.state,
      error: run?.error?.message ?? "",
      text: text.text(),
      transcript: parts.map((part) => part.text).join(""),
      truncated: outputs.some((message) => message.truncated),
    };
  }

  async #message(name: string): Promise<PlainMessage> {
    return (await this.#stubs.sessions.unary<{ message: PlainMessage }>("getMessage", { name })).message;
  }

  async #big(): Promise<Finding> {
    const text = this.#task.bigWord.repeat(this.#task.bigCount);
    const message = { role: "ROLE_USER", parts: [{ text }] };
    const request = { parent: this.#name, message, requestId: randomUUID() };
    const appended = await this.#stubs.sessions.unary<{ message: PlainMessage }>("appendMessage", request);
    const readText = (await this.#message(appended.message.name)).parts[0]?.text ?? "";
    return { bytes: Buffer.byteLength(readText), same: readText === text };
  }

  async #errors(): Promise<Finding> {
    const { sessions, runs, events } = this.#stubs;
    const name = this.#name;
    const wrong = { session: { title: "x".repeat(257), labels: { "NOT A KEY": "" } }, requestId: randomUUID() };
    const stale = { session: { name, title: "other", etag: this.#etag }, updateMask: { paths: ["title"] } };
    const wrongToken = { token: this.#task.wrongToken };
    const atDeadline = { deadline: Date.now() + 300 };
    const found = {
      deadline: failureOf(events.stream("watchEvents", {}, atDeadline).toArray()),
      notFound: failureOf(sessions.unary("getSession", { name: "sessions/nobody" })),
      invalid: failureOf(sessions.unary("createSession", wrong)),
      etag: failureOf(sessions.unary("updateSession", stale)),
      wrongToken: failureOf(sessions.unary("getSession", { name }, wrongToken)),
      noToken: failureOf(sessions.unary("getSession", { name }, { token: "" })),
      stream: failureOf(runs.stream("watchRun", { name: `${name}/runs/no` }).toArray()),
    };
    const entries = Object.entries(found).map(async ([step, finding]) => [step, await finding] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  async #events(): Promise<Finding> {
    const title = "changed meanwhile";
    const subjects = [this.#name, `${this.#name}/**`];
    const before = await this.#readEvents({ cursor: this.#cursor, subjects }, (events) => events.length > 0);
    await this.#stubs.sessions.unary("updateSession", { session: { name: this.#name, title } });
    const isLast = (events: PlainEvent[]): boolean => events.at(-1)?.session?.title === title;
    const after = await this.#readEvents({ cursor: before.cursor, subjects }, isLast);
    const seen = [...before.events, ...after.events];
    const [first] = seen;
    return {
      firstFrame: before.firstFrame,
      held: before.events.length,
      watched: seen.map((event) => Number(event.sequence)),
      listed: await this.#listEvents(subjects),
      first: `${first?.change} ${first?.subject}`,
      last: seen.at(-1)?.session?.title,
      kinds: [...new Set(seen.map((event) => event.resource))],
      actor: first?.actor,
    };
  }

  async #readEvents(
    request: { cursor: string; subjects: string[] },
    enough: (events: PlainEvent[]) => boolean,
  ): Promise<{ firstFrame: string; cursor: string; events: PlainEvent[] }> {
    const frames = this.#stubs.events.stream<PlainEventFrame>("watchEvents", request);
    frames.on("error", () => {});
    const events: PlainEvent[] = [];
    let firstFrame: string | undefined;
    let { cursor } = request;
    for await (const message of frames) {
      firstFrame ??= message.frame;
      if (message.frame !== "batch") continue;
      events.push(...message.batch.events);
      cursor = message.batch.cursor;
      if (enough(events)) break;
    }
    frames.cancel();
    return { firstFrame: firstFrame ?? "", cursor, events };
  }

  async #listEvents(subjects: string[]): Promise<number[]> {
    const listed: number[] = [];
    for (let cursor = this.#cursor; ; ) {
      const page = await this.#stubs.events.unary<PlainEventPage>("listEvents", { cursor, subjects, pageSize: 3 });
      listed.push(...page.events.map((event) => Number(event.sequence)));
      cursor = page.cursor;
      if (page.atEnd) return listed;
    }
  }
}
