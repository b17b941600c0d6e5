/** Webhook mode: Telegram sends updates to the gateway's own port, and takes the answer for a receipt. */

import { createHash, timingSafeEqual } from "node:crypto";
import type { Update } from "grammy/types";
import type { HookRequest, HookResponse } from "../../../core/channel/http-hooks.ts";
import type { ChannelHost } from "../../../core/channel/network.ts";
import { sleep } from "../../../lib/sleep.ts";
import { jsonObject } from "../../../lib/text/json-object.ts";
import type { RawApi } from "../telegram-api.ts";
import type { TelegramSettings } from "../telegram-settings.ts";
import { AlbumGatherer } from "./telegram-albums.ts";
import type { TelegramIntake } from "./telegram-intake.ts";
import { wantedUpdates } from "./telegram-poll.ts";

/** How often Telegram is asked whether it still sends to us, in ms. */
const checkMs = 60_000;

/** Requests Telegram may have under way to us; those of one conversation wait for each other. */
const maxRequests = 20;

/** What updates are taken with. */
export interface WebhookParts {
  readonly raw: RawApi;
  readonly host: ChannelHost;
  readonly webhook: NonNullable<TelegramSettings["webhook"]>;
  readonly intake: TelegramIntake;
  /** Told when Telegram knows where to send to. */
  readonly online: () => void;
}

/** Takes updates until the signal aborts; then, and when Telegram is gone, it rejects. */
export async function serveUpdates(parts: WebhookParts, signal: AbortSignal): Promise<never> {
  const { raw, host, webhook, intake, online } = parts;
  const albums = new AlbumGatherer((updates) => intake.take(updates, signal));
  host.serveHook((request) => answer(request, webhook.secret, albums), signal);
  await tellAddress(parts, signal);
  online();
  for (;;) {
    await sleep(checkMs, signal);
    const { url, last_error_message: problem, pending_update_count: waiting } = await raw.getWebhookInfo(signal);
    if (url !== webhook.url) {
      host.log.warn({ url }, "somebody sent the updates of the bot elsewhere; they come here again");
      await tellAddress(parts, signal);
    } else if (problem !== undefined && waiting > 0) {
      host.log.warn({ problem, waiting }, "Telegram cannot reach the webhook");
    }
  }
}

async function tellAddress({ raw, webhook }: WebhookParts, signal: AbortSignal): Promise<void> {
  const { url, secret } = webhook;
  const wanted = { allowed_updates: wantedUpdates, max_connections: maxRequests };
  await raw.setWebhook({ url, secret_token: secret, ...wanted }, signal);
}

async function answer({ headers, body }: HookRequest, secret: string, albums: AlbumGatherer): Promise<HookResponse> {
  if (!isSame(headers["x-telegram-bot-api-secret-token"] ?? "", secret)) return { status: 401, body: "no\n" };
  const update = parseUpdate(body);
  if (update === undefined) return { status: 400, body: "this is no update\n" };
  await albums.add(update);
  return { status: 200 };
}

function parseUpdate(body: Uint8Array): Update | undefined {
  const value = jsonObject(new TextDecoder().decode(body));
  return value !== undefined && "update_id" in value ? (value as unknown as Update) : undefined;
}

/** Takes as long for every text: nobody learns from it how much was right. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret)) && secret !== "";
}
