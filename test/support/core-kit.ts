/** A core on a real store, with scripted models and tools, called through the contract's services in the same process. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { DurationSchema } from "@bufbuild/protobuf/wkt";
import { createRouterTransport, type Interceptor } from "@connectrpc/connect";
import type { Message } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";
import type { Run } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import type { CreateRunRequest, CreateRunResponse } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import type { RunSettingsSchema } from "../../gen/openclaw/gateway/v1/session_pb.ts";
import { createGatewayClient, type GatewayClient } from "../../src/client/gateway-client.ts";
import { expandScopes } from "../../src/core/access/scopes.ts";
import type { Core } from "../../src/core/core.ts";
import { callerKey } from "../../src/server/caller-key.ts";
import { GatewayErrors } from "../../src/server/failures.ts";
import { translatingRouter } from "../../src/server/handler-errors.ts";
import { registerServices } from "../../src/server/rpc/services.ts";
import type { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { type CoreProcess, type CoreProcessOptions, startCore } from "./core-process.ts";
import { readyProcess } from "./ready-process.ts";
import { ScriptedModel } from "./scripted-model.ts";
import { TestClock } from "./test-clock.ts";

/** A run to ask for; the session is sessions/main unless named. */
export interface Asked {
  readonly parent?: string;
  readonly requestId?: string;
  readonly queueMode?: CreateRunRequest["queueMode"];
  readonly settings?: MessageInitShape<typeof RunSettingsSchema>;
  readonly timeout?: MessageInitShape<typeof DurationSchema>;
  readonly sessionEtag?: string;
  readonly deliverTo?: string;
}

/** A core that can be stopped and started again on the same files. */
export class CoreKit {
  /** The model the kit's core uses by default; other models come with the options. */
  readonly model: ScriptedModel;
  readonly clock = new TestClock();
  readonly stateDir = mkdtempSync(join(tmpdir(), "openclaw-core-"));
  #options: CoreProcessOptions;
  #process: CoreProcess | undefined;
  #client: GatewayClient | undefined;

  constructor(options: CoreProcessOptions) {
    const [first] = options.models ?? [];
    this.model = first instanceof ScriptedModel ? first : new ScriptedModel();
    this.#options = { models: [this.model], ...options };
  }

  get core(): Core {
    return this.#running.core;
  }

  get store(): SqliteStore {
    return this.#running.store;
  }

  /** Calls as the operator. */
  get client(): GatewayClient {
    this.#client ??= this.as("token", [Scope.ADMIN]);
    return this.#client;
  }

  /** Calls as somebody else; retries nothing. */
  as(principal: string, granted: readonly Scope[]): GatewayClient {
    const caller = { principal, scopes: expandScopes(granted) };
    const authenticate: Interceptor = (next) => (request) => {
      request.contextValues.set(callerKey, caller);
      return next(request);
    };
    const { core, log } = this.#running;
    const transport = createRouterTransport(
      (router) => {
        const parts = { core, process: readyProcess(this.clock), clock: this.clock };
        registerServices(translatingRouter(router, new GatewayErrors(log)), parts);
      },
      { router: { interceptors: [authenticate] } },
    );
    return createGatewayClient({ url: "", transport });
  }

  async start(): Promise<void> {
    this.#process = await startCore(this.stateDir, this.clock, this.#options);
  }

  /** Leaves everything as it is on disk, running runs included, as a process that dies would. */
  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    this.#client = undefined;
    await running?.stop();
  }

  /** Stops and starts again on the same files, with other options where given. */
  async restart(options: CoreProcessOptions = {}): Promise<void> {
    await this.stop();
    this.#options = { ...this.#options, ...options };
    await this.start();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  /** Sends a message. */
  send(text: string, asked: Asked = {}): Promise<CreateRunResponse> {
    const parts = [{ kind: { case: "text" as const, value: text } }];
    return this.client.runs.createRun({ ...asked, parent: asked.parent ?? "sessions/main", parts });
  }

  /** The run when it has ended. */
  async ended(name: string): Promise<Run> {
    let last: Run | undefined;
    for await (const { frame } of this.client.runs.watchRun({ name })) if (frame.case === "run") last = frame.value;
    if (last === undefined) throw new Error(`${name} was never shown`);
    return last;
  }

  /** Sends a message and waits for the end of its run. */
  async ask(text: string, asked: Asked = {}): Promise<Run> {
    const { run } = await this.send(text, asked);
    return this.ended(run?.name ?? "");
  }

  /** Makes a session with this id. */
  async newSession(sessionId: string): Promise<string> {
    const { session } = await this.client.sessions.createSession({ sessionId });
    return session?.name ?? "";
  }

  /** The last 200 messages of a transcript, oldest first. */
  async transcript(parent = "sessions/main", generation?: number): Promise<Message[]> {
    const { messages } = await this.client.sessions.listMessages({ parent, pageSize: 200, generation });
    return messages.reverse();
  }

  get #running(): CoreProcess {
    if (this.#process === undefined) throw new Error("the core of this test is not running");
    return this.#process;
  }
}

/** Opens kits and closes them all after a test. */
export class CoreKits {
  #open: CoreKit[] = [];

  async open(options: CoreProcessOptions = {}): Promise<CoreKit> {
    const kit = new CoreKit(options);
    this.#open.push(kit);
    await kit.start();
    return kit;
  }

  async close(): Promise<void> {
    for (const kit of this.#open.splice(0)) await kit.close();
  }
}
