/** One program on the other side of a webhook. */

import { isIP } from "node:net";
import { create } from "@bufbuild/protobuf";
import { type Capabilities, CapabilitiesSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery, OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Connection,
  MisconfiguredError,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { sleep } from "../../lib/sleep.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import { EgressRefusedError, reach } from "../../lib/web/egress.ts";
import { receive } from "./webhook-receiver.ts";
import { tellReceiver } from "./webhook-sender.ts";
import type { WebhookSettings } from "./webhook-settings.ts";

/** Longest text of one message, in characters. */
const maxTextCharacters = 16_384;

/** Largest file, in bytes: it is read whole. */
const maxFileBytes = 20n * 1_048_576n;

/** What a receiver gets to take a connection, in ms. */
const reachMs = 5_000;

/**
 * See `Connection`. There is no line that could be cut: now and then it is looked whether the receiver is there. While it is
 * not, deliveries wait; messages are taken all the time.
 */
export class WebhookConnection implements Connection {
  readonly capabilities: Capabilities;
  readonly reconcile?: (delivery: Delivery, to: Address) => Promise<Reconciled | undefined>;
  readonly #settings: WebhookSettings;
  readonly #host: ChannelHost;

  constructor(settings: WebhookSettings, host: ChannelHost) {
    this.#settings = settings;
    this.#host = host;
    const { actions, idempotent } = settings;
    this.capabilities = create(CapabilitiesSchema, {
      maxText: maxTextCharacters,
      textUnit: "characters",
      maxMediaBytes: maxFileBytes,
      groups: true,
      threads: true,
      reply: true,
      markdown: true,
      // Whoever sends to us sends again what was not acknowledged.
      backfill: true,
      edit: actions.has("edit"),
      delete: actions.has("delete"),
      react: actions.has("reaction"),
      poll: actions.has("poll"),
      reconcile: idempotent,
    });
    if (idempotent) this.reconcile = (delivery, to) => this.#askAgain(delivery, to);
  }

  async run(signal: AbortSignal): Promise<void> {
    const host = this.#host;
    host.serveHook((request) => receive(host, this.#settings.secret, request), signal);
    let online: boolean | undefined;
    while (!signal.aborted) {
      const problem = await this.#problem(signal);
      if (signal.aborted) return;
      if (problem === undefined && online !== true) host.online(this.#settings.url?.host ?? "a webhook");
      else if (problem !== undefined && online !== false) host.offline(problem);
      online = problem === undefined;
      await sleep(this.#settings.checkMs, signal).catch(() => {});
    }
  }

  async send(action: OutboundAction, to: Address, { delivery, signal }: SendAttempt): Promise<readonly string[]> {
    return tellReceiver(this.#host, this.#settings, { action, to, delivery, signal });
  }

  async probe(signal: AbortSignal): Promise<string> {
    const problem = await this.#problem(signal);
    if (problem !== undefined) throw new Error(problem);
    return this.#settings.url?.host ?? "a webhook";
  }

  /** Why the receiver cannot be reached; undefined when it can. */
  async #problem(signal: AbortSignal): Promise<string | undefined> {
    const { url, allowPrivateNetwork: allowPrivate } = this.#settings;
    if (url === undefined) return undefined;
    try {
      await reach(url, { allowPrivate }, AbortSignal.any([signal, AbortSignal.timeout(reachMs)]));
      return undefined;
    } catch (error) {
      const words = errorWords(error);
      if (!(error instanceof EgressRefusedError)) return `the receiver cannot be reached: ${words}`;
      const problem = `channels.webhook.url: ${words}; set channels.webhook.allowPrivateNetwork if it is meant`;
      // What a name leads to may change; an address stays what it is.
      if (isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0) return problem;
      throw new MisconfiguredError(problem);
    }
  }

  /** The receiver knows the delivery by its name, and does it once: asking again tells what became of it. */
  async #askAgain({ action, name }: Delivery, to: Address): Promise<Reconciled | undefined> {
    if (action === undefined) return undefined;
    const signal = AbortSignal.timeout(this.#settings.timeoutMs);
    try {
      const sending = { action, to, delivery: name, signal };
      return { outcome: "sent", platformIds: await tellReceiver(this.#host, this.#settings, sending) };
    } catch (error) {
      // Refused now says nothing of the time before.
      if (error instanceof UnsentError) return undefined;
      throw error;
    }
  }
}
