/** A channel that a program outside is: waits for its driver, and speaks to the network through it. */

import { create } from "@bufbuild/protobuf";
import { type Capabilities, CapabilitiesSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery, OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { InboundMessage, Ingress } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type {
  DriverCondition,
  DriverFrame,
  DriverIntroduction,
  DriverLoginStep,
  DriverResult,
} from "../../core/channel/driver/driver-desk.ts";
import {
  type Address,
  type ChannelHost,
  type Connection,
  type LoginStep,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { NewestMap } from "../../lib/newest-map.ts";
import { aborted } from "../../lib/until-aborted.ts";
import { Attachment } from "./attachment.ts";
import { RemoteLogins } from "./remote-logins.ts";

/** Results nobody waited for that are kept. */
const maxEarlyResults = 1_000;

/** A try the driver was asked for and has not answered. */
interface Open {
  readonly attempt: number;
  readonly address: string;
  readonly resolve: (result: DriverResult) => void;
}

/** See the file's first line. */
export class RemoteConnection implements Connection {
  readonly logsInLive = true;
  readonly #host: ChannelHost;
  readonly #logins: RemoteLogins;
  readonly #register: (connection: RemoteConnection) => () => void;
  readonly #open = new Map<string, Open>();
  readonly #early = new NewestMap<string, { readonly attempt: number; readonly result: DriverResult }>(maxEarlyResults);
  #attachment: Attachment | undefined;
  /** Why it ended, once it has. */
  #end: string | undefined;
  #capabilities = create(CapabilitiesSchema);

  /** `register` makes it known to drivers until the returned function is called. */
  constructor(host: ChannelHost, register: (connection: RemoteConnection) => () => void) {
    this.#host = host;
    this.#logins = new RemoteLogins(host);
    this.#register = register;
  }

  get channel(): string {
    return this.#host.channel;
  }

  get capabilities(): Capabilities {
    return this.#capabilities;
  }

  async run(signal: AbortSignal): Promise<void> {
    const unregister = this.#register(this);
    this.#host.offline("waits for its driver to attach");
    try {
      await aborted(signal);
    } finally {
      unregister();
      this.#end = signal.reason instanceof Error ? signal.reason.message : "the channel was stopped";
      this.#dismiss(this.#end);
      for (const { resolve } of this.#open.values()) {
        resolve({ kind: "ambiguous", message: "the channel was stopped before its driver answered" });
      }
    }
  }

  /** See `DriverDesk.attach`. */
  async *attach(driver: DriverIntroduction, signal: AbortSignal): AsyncGenerator<DriverFrame> {
    const attachment = new Attachment(driver);
    const backfillCursor = await this.#host.backfillCursor();
    if (this.#end !== undefined) {
      // It ended meanwhile: whoever attaches here now would wait for ever.
      attachment.end(this.#end);
      yield* attachment.frames(signal);
      return;
    }
    this.#dismiss("another driver attached");
    this.#attachment = attachment;
    this.#capabilities = driver.capabilities;
    attachment.tell({ kind: "attached", attachment: attachment.id, backfillCursor });
    for (const [delivery, { attempt, address }] of this.#open) {
      attachment.tell({ kind: "attempt", delivery, action: undefined, address, attempt });
    }
    this.report(attachment.id, driver.condition);
    try {
      yield* attachment.frames(signal);
    } finally {
      if (this.#attachment === attachment) {
        this.#dismiss("its driver went away");
        this.#host.offline("its driver went away; waits for it to attach again");
      }
    }
  }

  /** See `DriverDesk.receive`. */
  receive(message: InboundMessage, backfillCursor?: string): Promise<Ingress> {
    return this.#host.receive(message, backfillCursor);
  }

  /** See `DriverDesk.report`. */
  report(attachment: string, { state, reason }: DriverCondition): void {
    const current = this.#attachment;
    if (current === undefined || current.id !== attachment) return;
    if (state === "online") this.#host.online(current.title);
    else if (state === "offline") this.#host.offline(reason || "its driver says that it is offline");
    else this.#host.loginRequired(reason || "its driver says that somebody has to log in");
  }

  /** See `DriverDesk.reportLogIn`. */
  reportLogIn({ login, step, report }: DriverLoginStep): boolean {
    return this.#logins.report(login, step, report);
  }

  /** Absent unless a driver is attached that can. */
  get logIn(): ((force: boolean, signal: AbortSignal) => AsyncIterable<LoginStep>) | undefined {
    const driver = this.#loginDriver;
    return driver && ((force, signal) => this.#logins.logIn(driver, { force, signal }));
  }

  answer(text: string): void {
    this.#logins.answer(text);
  }

  /** Absent unless a driver is attached that can. */
  get logOut(): (() => Promise<void>) | undefined {
    const driver = this.#loginDriver;
    return driver && (() => this.#logins.logOut(driver));
  }

  /** See `DriverDesk.awaits`. */
  awaits(delivery: string, attempt: number): boolean {
    return this.#open.get(delivery)?.attempt === attempt;
  }

  /** See `DriverDesk.complete`. */
  complete(delivery: string, attempt: number, result: DriverResult): void {
    const open = this.#open.get(delivery);
    if (open?.attempt === attempt) open.resolve(result);
    // What a driver cannot know it need not be asked once more.
    if (open?.attempt !== attempt || result.kind === "ambiguous") this.#early.set(delivery, { attempt, result });
  }

  async send(
    action: OutboundAction,
    to: Address,
    { delivery, attempt, signal }: SendAttempt,
  ): Promise<readonly string[]> {
    const attachment = this.#attachment;
    if (attachment === undefined) throw new UnsentError("its driver is not attached");
    const answer = this.#ask({ delivery, attempt, address: to.address }, signal);
    attachment.tell({ kind: "attempt", delivery, action, address: to.address, attempt });
    return platformIdsOf(await answer);
  }

  async reconcile({ name, attempts }: Delivery, { address }: Address): Promise<Reconciled | undefined> {
    const early = this.#early.get(name);
    this.#early.delete(name);
    const result = early?.attempt === attempts ? early.result : await this.#askAgain(name, attempts, address);
    if (result.kind === "sent") return { outcome: "sent", platformIds: result.platformIds };
    return result.kind === "unsent" ? { outcome: "unsent" } : undefined;
  }

  async typing({ address }: Address, active: boolean): Promise<void> {
    this.#attachment?.tell({ kind: "typing", address, active });
  }

  get #loginDriver(): Attachment | undefined {
    return this.#attachment?.driver.capabilities.login ? this.#attachment : undefined;
  }

  /** Sends the driver away, and ends what it was doing for somebody. */
  #dismiss(reason: string): void {
    const attachment = this.#attachment;
    this.#attachment = undefined;
    if (attachment === undefined) return;
    attachment.end(reason);
    this.#logins.end(attachment, `${reason} in the middle of it; log in again once a driver is attached`);
  }

  #askAgain(delivery: string, attempt: number, address: string): Promise<DriverResult> {
    const answer = this.#ask({ delivery, attempt, address }, undefined);
    this.#attachment?.tell({ kind: "attempt", delivery, action: undefined, address, attempt });
    return answer;
  }

  /** What the driver will say of a try. When nobody waits for it any more, what it says is kept for whoever asks next. */
  #ask(
    { delivery, attempt, address }: { delivery: string; attempt: number; address: string },
    signal: AbortSignal | undefined,
  ): Promise<DriverResult> {
    const { promise, resolve, reject } = Promise.withResolvers<DriverResult>();
    const open: Open = { attempt, address, resolve };
    const onAbort = (): void => reject(new Error("its driver did not say in time what became of it"));
    this.#open.set(delivery, open);
    signal?.addEventListener("abort", onAbort, { once: true });
    return promise.finally(() => {
      signal?.removeEventListener("abort", onAbort);
      if (this.#open.get(delivery) === open) this.#open.delete(delivery);
    });
  }
}

function platformIdsOf(result: DriverResult): readonly string[] {
  if (result.kind === "sent") return result.platformIds;
  if (result.kind === "ambiguous") throw new Error(result.message || "its driver cannot say whether it was sent");
  const { permanent, retryAfterMs } = result;
  throw new UnsentError(result.message || "its driver did not send it", { permanent, retryAfterMs });
}
