/** The core: builds Inbox, Session, Run and the event log around one store, and starts and stops them. */

import { Event_Change as Change } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import type { Gateway } from "../../gen/openclaw/gateway/v1/gateway_pb.ts";
import type { Clock } from "../lib/clock.ts";
import type { FaultPoint } from "../lib/fault-point.ts";
import type { Log } from "../lib/log.ts";
import { Access } from "./access/access.ts";
import { AgentLoop } from "./agent/agent-loop.ts";
import { FileLoader } from "./agent/files/file-loader.ts";
import type { ModelCatalog } from "./agent/model.ts";
import { ModelCaller } from "./agent/model-caller.ts";
import { ModelChoice } from "./agent/model-choice.ts";
import type { Tool } from "./agent/tool.ts";
import { ToolRunner } from "./agent/tool-runner.ts";
import type { BlobFiles } from "./blob/blob-files.ts";
import { Blobs } from "./blob/blobs.ts";
import { Care, type CareParts } from "./care/care.ts";
import { Changes, gatewayActor } from "./changes.ts";
import type { ChannelPorts } from "./channel/channel-ports.ts";
import type { CoreSettings } from "./core-settings.ts";
import { unavailable } from "./errors.ts";
import { EventLog } from "./event/event-log.ts";
import { EventWatch } from "./event/watch-events.ts";
import { Explain } from "./explain/explain.ts";
import { Housekeeping } from "./housekeeping.ts";
import { Inbox } from "./message/inbox.ts";
import { Transcript } from "./message/transcript.ts";
import { type Messaging, makeMessaging } from "./messaging.ts";
import { Compactions } from "./run/compaction/compactions.ts";
import { Compactor } from "./run/compaction/compactor.ts";
import { LiveRuns } from "./run/live/live-runs.ts";
import { RunWatch } from "./run/live/watch-run.ts";
import { RunDispatcher } from "./run/run-dispatcher.ts";
import { recoverRuns } from "./run/run-recovery.ts";
import { RunSteps } from "./run/run-steps.ts";
import { Runs } from "./run/runs.ts";
import { Sessions } from "./session/sessions.ts";
import type { Store } from "./store.ts";
import { noTracer, type Tracer } from "./telemetry/tracer.ts";

/** Silence after which a watched run sends a heartbeat. */
export const heartbeatMs = 15_000;

/** What is being sent gets this long to be sent when the gateway stops. */
const sendGraceMs = 5_000;

/** What core is built from: its ports, its settings, and the ground. */
export interface CoreParts {
  readonly store: Store;
  readonly models: ModelCatalog;
  readonly tools: readonly Tool[];
  /** Checks and backups of what is on the disk. */
  readonly care: CareParts;
  /** Networks, and what channels need of the rooms around core. */
  readonly channels: ChannelPorts;
  /** Where files that come in and go out are kept. */
  readonly files: BlobFiles;
  readonly settings: CoreSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultPoint;
  /** Hears what happens to messages; nobody unless given. */
  readonly tracer?: Tracer;
}

/** The gateway without wires and disks. */
export class Core {
  readonly store: Store;
  readonly models: ModelCatalog;
  readonly settings: CoreSettings;
  readonly tracer: Tracer;
  readonly events: EventLog;
  readonly eventWatch: EventWatch;
  readonly sessions: Sessions;
  readonly compactions: Compactions;
  readonly transcript: Transcript;
  readonly inbox: Inbox;
  readonly inbound: Messaging["inbound"];
  readonly hooks: Messaging["hooks"];
  readonly runs: Runs;
  readonly runWatch: RunWatch;
  readonly access: Access;
  readonly care: Care;
  readonly channels: Messaging["channels"];
  readonly channelOperator: Messaging["channelOperator"];
  readonly addressBook: Messaging["addressBook"];
  readonly blobs: Blobs;
  readonly explain: Explain;
  readonly drivers: Messaging["drivers"];
  readonly outbound: Messaging["outbound"];
  readonly #dispatcher: RunDispatcher;
  readonly #changes: Changes;
  readonly #housekeeping: Housekeeping;
  readonly #parts: CoreParts;

  constructor(parts: CoreParts) {
    const { store, settings, clock, log, faults } = parts;
    this.#parts = parts;
    ({ store: this.store, models: this.models, settings: this.settings } = parts);
    this.tracer = parts.tracer ?? noTracer;
    const liveRuns = new LiveRuns();
    this.#changes = new Changes(store, clock);
    this.events = new EventLog(store);
    this.access = new Access({ store, changes: this.#changes, clock, log });
    this.eventWatch = new EventWatch({ log: this.events, liveRuns, clock });
    this.#dispatcher = new RunDispatcher({
      changes: this.#changes,
      liveRuns,
      clock,
      limits: settings.run,
      defaultModel: () => settings.agent.model,
      log: log.child({ component: "runs" }),
      drive: (active) => this.outbound.live.accompany(active, () => loop.drive(active)),
      listener: () => this.outbound.answers,
    });
    const maxTotalBytes = (): number => settings.blobs.maxTotalBytes;
    this.blobs = new Blobs({ store, files: parts.files, clock, log, maxTotalBytes });
    const tools = new ToolRunner({ tools: parts.tools, clock, timeZone: () => settings.timeZone, tracer: this.tracer });
    const models = modelCaller(parts);
    const working = { store, dispatcher: this.#dispatcher, faults, log };
    const compactor = new Compactor({ ...working, models, catalog: parts.models, settings });
    const loop = new AgentLoop({
      ...working,
      steps: new RunSteps(this.#dispatcher, faults),
      models,
      compactor,
      tools,
      choice: new ModelChoice(settings.agent, tools.schemas(), new FileLoader(this.blobs, log)),
      groupPrompt: (conversation) => messaging.groupPrompt(conversation),
      limits: settings.run,
    });
    this.sessions = new Sessions(store, this.#changes);
    this.compactions = new Compactions(this.#dispatcher, settings);
    this.transcript = new Transcript(store, this.#changes);
    const isConfigured = (channel: string): boolean => this.channels.find(channel) !== undefined;
    this.inbox = new Inbox({ dispatcher: this.#dispatcher, liveRuns, queue: settings.queue, isConfigured, faults });
    this.runs = new Runs({ store, dispatcher: this.#dispatcher, liveRuns });
    this.runWatch = new RunWatch({ store, liveRuns, clock, heartbeatMs });
    this.care = new Care({ gateway: this, clock, parts: parts.care });
    this.explain = new Explain(store, parts.models);
    const commands = { models: parts.models, liveRuns, settings, startTimeMs: clock.nowMs() };
    const messaging = makeMessaging({
      store,
      changes: this.#changes,
      ports: parts.channels,
      files: this.blobs,
      inbound: { dispatcher: this.#dispatcher, inbox: this.inbox, commands, settings, faults },
      typings: this.eventWatch.typings,
      clock,
      log,
    });
    ({ inbound: this.inbound, outbound: this.outbound, drivers: this.drivers, hooks: this.hooks } = messaging);
    ({ channels: this.channels, channelOperator: this.channelOperator, addressBook: this.addressBook } = messaging);
    this.#housekeeping = new Housekeeping({ store, clock, retention: settings.retention, log, blobs: this.blobs });
  }

  /** Runs being worked on. */
  get activeRuns(): number {
    return this.#dispatcher.activeCount;
  }

  /**
   * Makes sure of what must exist and takes up unfinished runs. With a read-only store, nothing is changed and no run starts.
   * When it fails, nothing that it started goes on.
   */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      const { log } = this.#parts;
      await this.drain(0).catch((err: unknown) => log.warn({ err }, "what had started could not be stopped"));
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { store, settings, log } = this.#parts;
    await this.events.start();
    await this.access.start();
    if (store.readOnlyReason !== undefined) return this.#startChannels();
    await this.#changes.start();
    await this.sessions.start();
    await recoverRuns({ store, changes: this.#changes, dispatcher: this.#dispatcher, limits: settings.run, log });
    this.#housekeeping.start();
    await this.outbound.start();
    await this.#startChannels();
  }

  /**
   * Starts no run any more and waits up to `graceMs` for active ones, no longer than until `hurry` aborts; what is left goes
   * on at the next start. Returns how many are left.
   */
  async drain(graceMs: number, hurry?: AbortSignal): Promise<number> {
    this.#housekeeping.stop();
    this.inbound.hurry();
    const left = await this.#dispatcher.drain(graceMs, hurry);
    await this.outbound.drain(Math.min(graceMs, sendGraceMs));
    await this.channels.stop();
    await this.access.stop();
    return left;
  }

  /** Ends every stream with UNAVAILABLE/DRAINING; its reader is asked to come back after `retryAfterMs`. */
  closeStreams(retryAfterMs?: number): void {
    const why = unavailable("draining", retryAfterMs);
    this.eventWatch.close(why);
    this.runWatch.close(why);
  }

  /** Writes into the event log what the gateway is now. */
  async recordGateway(value: Gateway): Promise<void> {
    const resource = { case: "gateway" as const, value };
    await this.#changes.transact(gatewayActor, (recorder) => recorder.record(Change.UPDATED, "gateway", resource));
  }

  /** Does not wait for any network. Messages are not taken where they cannot be kept. */
  async #startChannels(): Promise<void> {
    const { settings, store, channels } = this.#parts;
    const { holdBack, skipped } = channels;
    const damaged = store.readOnlyReason && `messages cannot be kept: ${store.readOnlyReason}`;
    await this.channels.start(settings.channels, damaged ?? skipped ?? holdBack?.current?.reason);
    if (damaged === undefined && skipped === undefined) holdBack?.whenOver(() => void this.channels.release());
  }
}

function modelCaller({ models, settings, log, tracer }: CoreParts): ModelCaller {
  return new ModelCaller({ catalog: models, retry: settings.retry, log: log.child({ component: "models" }), tracer });
}
