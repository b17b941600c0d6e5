/** Doing on Telegram what an action says. */

import type {
  ButtonRow,
  OutboundAction,
  OutboundMessage,
  OutboundPoll,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { type ChannelHost, UnsentError } from "../../core/channel/network.ts";
import { plainText } from "../../core/delivery/text/plain-text.ts";
import { messageNumber, type Place, placeOf, topicForSending } from "./telegram-address.ts";
import type { TelegramApi } from "./telegram-api.ts";
import { isRefusedAs, refusalOf, sendError } from "./telegram-errors.ts";
import { telegramHtml } from "./telegram-html.ts";
import type { MovedGroups } from "./telegram-moves.ts";
import { captionOf, methodsFor, sendFile } from "./telegram-upload.ts";

/** Telegram's limits of polls, in seconds. */
const [shortestPoll, longestPoll] = [5, 600];

/** What is sent with. */
export interface SenderParts {
  readonly api: TelegramApi;
  readonly host: Pick<ChannelHost, "readFile">;
  readonly linkPreview: boolean;
  readonly moves: MovedGroups;
}

/** Speaks for one account. */
export class TelegramSender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Resolves with the numbers of what was sent. Rejects as `Connection.send` does. */
  async send({ kind }: OutboundAction, address: string, signal: AbortSignal): Promise<readonly string[]> {
    const { moves } = this.#parts;
    const { chat, topic } = placeOf(address);
    const place = { chat: moves.numberNow(chat), topic };
    try {
      return await this.#do(kind, place, signal);
    } catch (error) {
      const movedTo = refusalOf(error)?.movedTo;
      if (movedTo === undefined) throw sendError(error);
      await moves.note(Number(place.chat), movedTo).catch((cause: unknown) => {
        throw new UnsentError("the group has a new number, which cannot be kept", { cause });
      });
      return await this.#do(kind, { ...place, chat: movedTo }, signal).catch((again: unknown) => {
        throw sendError(again);
      });
    }
  }

  async #do(kind: OutboundAction["kind"], place: Place, signal: AbortSignal): Promise<readonly string[]> {
    const { raw } = this.#parts.api;
    switch (kind.case) {
      case "message":
        return this.#say(kind.value, place, signal);
      case "edit":
        await this.#edit(kind.value, place, signal);
        return [kind.value.platformId];
      case "delete":
        await raw
          .deleteMessage({ chat_id: place.chat, message_id: numberOf(kind.value.platformId) }, signal)
          .catch(unless(/message to delete not found/i));
        return [];
      case "reaction": {
        const { platformId, emoji, remove } = kind.value;
        const reaction = remove ? [] : [{ type: "emoji", emoji } as Emoji];
        await raw.setMessageReaction({ chat_id: place.chat, message_id: numberOf(platformId), reaction }, signal);
        return [];
      }
      case "poll":
        return [await this.#askForVotes(kind.value, place, signal)];
      default:
        throw new UnsentError("Telegram has no such thing", { permanent: true });
    }
  }

  async #say(message: OutboundMessage, place: Place, signal: AbortSignal): Promise<readonly string[]> {
    const { attachment, text } = message;
    if (attachment === undefined) return [await this.#write(message, place, signal)];
    const caption = captionOf(text);
    const hasMore = text !== "" && caption === undefined;
    const options = optionsOf(hasMore ? { ...message, buttons: [] } : message, place);
    const request = { place, attachment, caption, options, signal };
    const file = await sendFile(this.#parts, request, methodsFor(attachment));
    if (!hasMore) return [file];
    try {
      return [file, await this.#write({ ...message, replyTo: "" }, place, signal)];
    } catch (error) {
      // The file is there: this must not look as if nothing were.
      throw new Error(`the file was sent, but not the text with it: ${sendError(error).message}`);
    }
  }

  /** Sends text as it is marked; as plain text when Telegram does not take the marks. */
  async #write(message: OutboundMessage, place: Place, signal: AbortSignal): Promise<string> {
    const { api, linkPreview } = this.#parts;
    const preview = linkPreview ? {} : { link_preview_options: { is_disabled: true } };
    const fields = { chat_id: place.chat, ...optionsOf(message, place), ...preview };
    const sent = await marked(message.text, (text, mode) => api.raw.sendMessage({ ...fields, text, ...mode }, signal));
    return String(sent.message_id);
  }

  async #edit(edit: { platformId: string; text: string }, place: Place, signal: AbortSignal): Promise<void> {
    const { raw } = this.#parts.api;
    const target = { chat_id: place.chat, message_id: numberOf(edit.platformId) };
    try {
      await marked(edit.text, (text, mode) => raw.editMessageText({ ...target, text, ...mode }, signal));
    } catch (error) {
      if (isRefusedAs(error, /message is not modified/i)) return;
      if (!isRefusedAs(error, /no text in the message to edit/i)) throw error;
      await marked(edit.text, (caption, mode) => raw.editMessageCaption({ ...target, caption, ...mode }, signal)).catch(
        unless(/message is not modified/i),
      );
    }
  }

  async #askForVotes(poll: OutboundPoll, place: Place, signal: AbortSignal): Promise<string> {
    const { question, options, multiple, durationSeconds } = poll;
    if (durationSeconds !== 0 && (durationSeconds < shortestPoll || durationSeconds > longestPoll)) {
      const limits = `${shortestPoll} to ${longestPoll} seconds`;
      throw new UnsentError(`polls on Telegram are open for ${limits}, or without an end`, { permanent: true });
    }
    const fields = {
      chat_id: place.chat,
      ...topicForSending(place),
      question,
      options: options.map((text) => ({ text })),
      allows_multiple_answers: multiple,
      ...(durationSeconds !== 0 && { open_period: durationSeconds }),
    };
    return String((await this.#parts.api.raw.sendPoll(fields, signal)).message_id);
  }
}

type Emoji = Extract<
  NonNullable<Parameters<TelegramApi["raw"]["setMessageReaction"]>[0]["reaction"]>[number],
  { type: "emoji" }
>;

/** What every kind of message is told beside its content. */
function optionsOf({ replyTo, silent, buttons }: Omit<OutboundMessage, "$typeName" | "text">, place: Place) {
  const reply = messageNumber(replyTo);
  return {
    ...topicForSending(place),
    ...(silent && { disable_notification: true }),
    ...(reply !== undefined && { reply_parameters: { message_id: reply, allow_sending_without_reply: true } }),
    ...(buttons.length > 0 && { reply_markup: { inline_keyboard: buttons.map(rowOf) } }),
  };
}

function rowOf({ buttons }: ButtonRow) {
  return buttons.map(({ text, press }) =>
    press.case === "url" ? { text, url: press.value } : { text, callback_data: press.value ?? text },
  );
}

type Mode = { readonly parse_mode?: "HTML" };

async function marked<T>(markdown: string, call: (text: string, mode: Mode) => Promise<T>): Promise<T> {
  try {
    return await call(telegramHtml(markdown), { parse_mode: "HTML" });
  } catch (error) {
    if (!isRefusedAs(error, /can't parse entities|message text is empty|entit/i)) throw error;
    return call(plainText(markdown), {});
  }
}

function numberOf(platformId: string): number {
  const number = messageNumber(platformId);
  if (number === undefined) throw new UnsentError(`"${platformId}" is no message on Telegram`, { permanent: true });
  return number;
}

/** What was wanted is so already. */
function unless(words: RegExp): (error: unknown) => void {
  return (error) => {
    if (!isRefusedAs(error, words)) throw error;
  };
}
