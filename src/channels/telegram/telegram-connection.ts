/** One bot on Telegram. */

import { create } from "@bufbuild/protobuf";
import { CapabilitiesSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Connection,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { TelegramIntake } from "./inbound/telegram-intake.ts";
import { pollUpdates } from "./inbound/telegram-poll.ts";
import { serveUpdates } from "./inbound/telegram-webhook.ts";
import { placeOf, topicForTyping } from "./telegram-address.ts";
import { openTelegram, type TelegramApi } from "./telegram-api.ts";
import { connectionError } from "./telegram-errors.ts";
import { showCommands } from "./telegram-menu.ts";
import { MovedGroups } from "./telegram-moves.ts";
import { TelegramSender } from "./telegram-sender.ts";
import type { TelegramSettings } from "./telegram-settings.ts";

/** Longest text of one message, in UTF-16 units, its marks not counted. */
const maxTextUnits = 4_096;

/** Largest file the Bot API takes, in bytes. */
const maxFileBytes = 50n * 1_048_576n;

/** The connection while there is one. */
interface Live {
  readonly api: TelegramApi;
  readonly sender: TelegramSender;
  readonly moves: MovedGroups;
}

/** See `Connection`. Telegram keeps what was not confirmed for a day. */
export class TelegramConnection implements Connection {
  readonly capabilities = create(CapabilitiesSchema, {
    maxText: maxTextUnits,
    textUnit: "utf16",
    maxMediaBytes: maxFileBytes,
    groups: true,
    threads: true,
    edit: true,
    delete: true,
    react: true,
    poll: true,
    typing: true,
    reply: true,
    markdown: true,
    backfill: true,
    buttons: true,
  });
  readonly #settings: TelegramSettings;
  readonly #host: ChannelHost;
  #live: Live | undefined;

  constructor(settings: TelegramSettings, host: ChannelHost) {
    this.#settings = settings;
    this.#host = host;
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#takeUpdates(signal);
    } catch (error) {
      if (!signal.aborted) throw connectionError(error);
    } finally {
      this.#live = undefined;
    }
  }

  async send(action: OutboundAction, { address }: Address, { signal }: SendAttempt): Promise<readonly string[]> {
    if (this.#live === undefined) throw new UnsentError("Telegram is not connected");
    return this.#live.sender.send(action, address, signal);
  }

  async typing({ address }: Address, active: boolean): Promise<void> {
    const place = placeOf(address);
    // It goes away by itself; there is no way to take it back.
    if (!active || this.#live === undefined) return;
    const action = {
      chat_id: this.#live.moves.numberNow(place.chat),
      action: "typing",
      ...topicForTyping(place),
    } as const;
    await this.#live.api.raw.sendChatAction(action, AbortSignal.timeout(5_000));
  }

  async probe(signal: AbortSignal): Promise<string> {
    try {
      const { raw } = this.#live?.api ?? (await openTelegram(this.#settings));
      return nameOf(await raw.getMe(signal));
    } catch (error) {
      throw connectionError(error);
    }
  }

  async #takeUpdates(signal: AbortSignal): Promise<void> {
    const { webhook, commandsMenu, linkPreview } = this.#settings;
    const host = this.#host;
    const api = await openTelegram(this.#settings);
    const us = await api.raw.getMe(signal);
    const moves = await MovedGroups.load(host);
    const intake = new TelegramIntake({ api, host, us, moves });
    const online = (): void => {
      this.#live = { api, moves, sender: new TelegramSender({ api, host, linkPreview, moves }) };
      host.online(nameOf(us));
    };
    if (commandsMenu) await showCommands(api.raw, host.log, signal);
    if (webhook !== undefined) return serveUpdates({ raw: api.raw, host, webhook, intake, online }, signal);
    // Telegram answers no questions for updates while it sends them somewhere.
    await api.raw.deleteWebhook({ drop_pending_updates: false }, signal);
    await pollUpdates({ raw: api.raw, online, take: (updates) => intake.take(updates, signal) }, signal);
  }
}

function nameOf({ username, first_name: name }: { username?: string; first_name: string }): string {
  return username === undefined ? name : `@${username}`;
}
