/** Files on their way to Telegram: as what they are shown, and as a plain file when Telegram does not take them so. */

import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { ChannelHost } from "../../core/channel/network.ts";
import { plainText } from "../../core/delivery/text/plain-text.ts";
import type { Place } from "./telegram-address.ts";
import type { TelegramApi, UploadFile } from "./telegram-api.ts";
import { isRefusedAs, refusalOf } from "./telegram-errors.ts";
import { telegramHtml } from "./telegram-html.ts";

/** Longest text under a file, in UTF-16 units. */
const maxCaption = 1_024;

/** Largest photo, in bytes; larger ones go as files. */
const maxPhotoBytes = 10n * 1_048_576n;

/** Methods a file may be sent with. */
export type FileMethod = "sendPhoto" | "sendAnimation" | "sendVideo" | "sendVoice" | "sendAudio" | "sendDocument";

const byType: readonly (readonly [RegExp, FileMethod])[] = [
  [/^image\/(jpeg|png|webp)$/, "sendPhoto"],
  [/^image\/gif$/, "sendAnimation"],
  [/^video\/mp4$/, "sendVideo"],
  [/^audio\/(ogg|opus)$/, "sendVoice"],
  [/^audio\/(mpeg|mp4|x-m4a|aac)$/, "sendAudio"],
];

/** One file to send. */
export interface FileRequest {
  readonly place: Place;
  readonly attachment: Attachment;
  /** Markdown; undefined for none. */
  readonly caption: string | undefined;
  /** Fields every message has. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

interface UploadParts {
  readonly api: TelegramApi;
  readonly host: Pick<ChannelHost, "readFile">;
}

/** The text as a caption; undefined when there is none, or it is too long for one. */
export function captionOf(text: string): string | undefined {
  return text === "" || text.length > maxCaption ? undefined : text;
}

/** How the file may be sent, best first. */
export function methodsFor({ mediaType, sizeBytes }: Attachment): readonly FileMethod[] {
  const method = byType.find(([pattern]) => pattern.test(mediaType))?.[1];
  if (method === undefined || (method === "sendPhoto" && sizeBytes > maxPhotoBytes)) return ["sendDocument"];
  return [method, "sendDocument"];
}

/** Sends it the first way Telegram takes, and resolves with its number. Rejects with what Telegram says to the last way. */
export async function sendFile(
  parts: UploadParts,
  request: FileRequest,
  [method = "sendDocument", ...others]: readonly FileMethod[],
): Promise<string> {
  try {
    return await sendMarked(parts, request, method);
  } catch (error) {
    const { code, movedTo } = refusalOf(error) ?? {};
    const other = code === 400 && movedTo === undefined && !isRefusedAs(error, /chat not found|thread not found/i);
    if (!other || others.length === 0) throw error;
    return sendFile(parts, request, others);
  }
}

async function sendMarked(parts: UploadParts, request: FileRequest, method: FileMethod): Promise<string> {
  const { caption } = request;
  if (caption === undefined) return sendWith(parts, request, { method, words: {} });
  try {
    const words = { caption: telegramHtml(caption), parse_mode: "HTML" };
    return await sendWith(parts, request, { method, words });
  } catch (error) {
    if (!isRefusedAs(error, /can't parse entities/i)) throw error;
    return sendWith(parts, request, { method, words: { caption: plainText(caption) } });
  }
}

/** The field the file is in is named after the method: sendPhoto takes a photo. */
async function sendWith(
  { api, host }: UploadParts,
  { place, attachment, options, signal }: FileRequest,
  { method, words }: { method: FileMethod; words: Readonly<Record<string, string>> },
): Promise<string> {
  const field = method.slice("send".length).toLowerCase();
  const file: UploadFile = api.upload(host.readFile(attachment), attachment);
  const call = api.raw[method] as (payload: object, signal: AbortSignal) => Promise<{ message_id: number }>;
  const sent = await call({ chat_id: place.chat, ...options, ...words, [field]: file }, signal);
  return String(sent.message_id);
}
