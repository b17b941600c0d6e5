/** Tells the other side what to do, in signed requests. */

import { buffer } from "node:stream/consumers";
import type { OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Address, type ChannelHost, UnsentError } from "../../core/channel/network.ts";
import { systemClock } from "../../lib/clock.ts";
import { type EgressAnswer, EgressFailedError, EgressRefusedError, sendOut } from "../../lib/web/egress.ts";
import type { WebhookSettings } from "./webhook-settings.ts";
import { signatureHeaders } from "./webhook-signature.ts";

/** Longest answer whose words are read, in bytes. */
const maxAnswerBytes = 65_536;

/** Longest pause a receiver may ask for, in ms. */
const longestPauseMs = 86_400_000;

/** Answers that say: not now. Nothing was done. */
const later = new Set([408, 425, 429, 503]);

/** One thing to do. */
export interface WebhookSending {
  readonly action: OutboundAction;
  readonly to: Address;
  /** "channels/{channel}/deliveries/{delivery}"; the receiver knows a repeat by it. */
  readonly delivery: string;
  readonly signal: AbortSignal;
}

/** Sends it and resolves with the ids the receiver gave. Rejects as `Connection.send` does. */
export async function tellReceiver(
  host: Pick<ChannelHost, "readFile">,
  settings: WebhookSettings,
  { action, to, delivery, signal }: WebhookSending,
): Promise<readonly string[]> {
  const { url, secret, allowPrivateNetwork: allowPrivate, timeoutMs } = settings;
  if (url === undefined)
    throw new UnsentError("channels.webhook.url is not set: nothing can be sent", { permanent: true });
  const body = Buffer.from(JSON.stringify({ delivery, ...placeOf(to), ...(await wordsFor(action, host)) }));
  const headers = {
    "content-type": "application/json",
    "user-agent": "OpenClaw-Gateway",
    "idempotency-key": delivery,
    ...signatureHeaders({ secret, body, nowMs: systemClock.nowMs() }),
  };
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const request = { method: "POST", headers, body, maxAnswerBytes, signal: limited };
    return idsFrom(await sendOut(url, request, { allowPrivate }));
  } catch (error) {
    throw sendError(error);
  }
}

function placeOf({ address, parentAddress }: Address) {
  return { conversation: address, ...(parentAddress !== "" && { parent: parentAddress }) };
}

async function wordsFor({ kind }: OutboundAction, host: Pick<ChannelHost, "readFile">): Promise<object> {
  switch (kind.case) {
    case "message": {
      const { text, replyTo, silent, attachment } = kind.value;
      const file = attachment && { file: await fileFrom(attachment, host) };
      return { kind: "message", text, ...(replyTo !== "" && { replyTo }), ...(silent && { silent }), ...file };
    }
    case "edit":
      return { kind: "edit", id: kind.value.platformId, text: kind.value.text };
    case "delete":
      return { kind: "delete", id: kind.value.platformId };
    case "reaction": {
      const { platformId: id, emoji, remove } = kind.value;
      return { kind: "reaction", id, emoji, remove };
    }
    case "poll": {
      const { question, options, multiple, durationSeconds } = kind.value;
      return { kind: "poll", question, options, multiple, durationSeconds };
    }
    default:
      throw new UnsentError("webhooks know no such thing", { permanent: true });
  }
}

async function fileFrom(attachment: Attachment, host: Pick<ChannelHost, "readFile">): Promise<object> {
  const { fileName: name, mediaType } = attachment;
  return { name, mediaType, data: (await buffer(host.readFile(attachment))).toString("base64") };
}

/** What the answer's status says. Throws when it is no success. */
function idsFrom({ status, headers, body }: EgressAnswer): readonly string[] {
  if (status >= 200 && status < 300) return readIds(body);
  const said = `the receiver answered ${status}`;
  if (later.has(status)) throw new UnsentError(said, { retryAfterMs: waitFrom(headers["retry-after"]) });
  if (status < 500) throw new UnsentError(said, { permanent: true });
  throw new Error(said);
}

/** {"id": "…"} or {"ids": ["…"]}; a receiver may say nothing at all. */
function readIds(body: Buffer): readonly string[] {
  try {
    const { id, ids = [id] } = JSON.parse(body.toString()) as { readonly id?: unknown; readonly ids?: unknown };
    const given = Array.isArray(ids) ? ids : [];
    return given
      .filter((one) => typeof one === "string" || typeof one === "number")
      .map((one) => String(one).slice(0, 512));
  } catch {
    return [];
  }
}

/** Retry-After in ms: seconds, or a date. Undefined when it is neither. */
function waitFrom(header = ""): number | undefined {
  const isSeconds = /^\d+(\.\d+)?$/.test(header.trim());
  const waitMs = isSeconds ? Number(header) * 1_000 : Date.parse(header) - systemClock.nowMs();
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), longestPauseMs);
}

function sendError(error: unknown): unknown {
  if (error instanceof EgressRefusedError) {
    const hint = "set channels.webhook.allowPrivateNetwork if it is meant";
    return new UnsentError(`channels.webhook.url: ${error.message}; ${hint}`, { permanent: true });
  }
  if (error instanceof EgressFailedError && !error.sent) {
    return new UnsentError(`the receiver cannot be reached: ${error.message}`, { cause: error });
  }
  return error;
}
