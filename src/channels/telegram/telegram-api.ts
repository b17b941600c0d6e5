/** The Bot API: called with grammY, over the fetch of Node, which hides neither refusals nor redirects. */

import type { Api } from "grammy";
import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { TelegramSettings } from "./telegram-settings.ts";

/** Methods of the Bot API by name; they take the AbortSignal of Node. */
export type RawApi = {
  readonly [M in keyof Api["raw"]]: (...given: WithSignal<Parameters<Api["raw"][M]>>) => ReturnType<Api["raw"][M]>;
};

/** grammY declares an AbortSignal of its own kind, which ours is as good as. */
type WithSignal<Given extends readonly unknown[]> = {
  [I in keyof Given]: NonNullable<Given[I]> extends NonNullable<Parameters<Api["raw"]["getMe"]>[0]>
    ? AbortSignal
    : Given[I];
};

/** Any file that is sent. */
export type UploadFile = InstanceType<typeof import("grammy").InputFile>;

/** The Bot API of one account. */
export interface TelegramApi {
  readonly raw: RawApi;
  /** A file to send, read when it is sent; for one call. */
  upload(content: AsyncIterable<Uint8Array>, attachment: Attachment): UploadFile;
  /** The content of a file somebody sent. Rejects when Telegram does not give it. */
  download(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

/** Opens it; nothing is asked yet. grammY is read here and not before. */
export async function openTelegram({ botToken, apiRoot }: TelegramSettings): Promise<TelegramApi> {
  const { Api: GrammyApi, InputFile } = await import("grammy");
  const fetch = fetchPlainly as unknown as NonNullable<ConstructorParameters<typeof GrammyApi>[1]>["fetch"];
  const { raw } = new GrammyApi(botToken, { apiRoot, ...(fetch && { fetch }) });
  return {
    raw: raw as unknown as RawApi,
    upload: (content, { fileName, mediaType }) => new InputFile(content, safeName(fileName, mediaType)),
    download: (path, signal) => download(`${apiRoot}/file/bot${botToken}/${path}`, signal),
  };
}

interface PlainRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<Uint8Array>;
  readonly signal: Pick<AbortSignal, "aborted" | "addEventListener">;
}

/** grammY brings an AbortSignal of its own kind; redirects would take the token elsewhere. */
async function fetchPlainly(
  url: string | URL,
  { method, headers, body, signal }: PlainRequest,
): Promise<Pick<Response, "json">> {
  const stop = new AbortController();
  if (signal.aborted) stop.abort();
  else signal.addEventListener("abort", () => stop.abort(), { once: true });
  const type = { "content-type": headers["content-type"] ?? "application/json" };
  const request = { method, headers: type, body, duplex: "half", signal: stop.signal, redirect: "error" } as const;
  const response = await fetch(url, request as RequestInit);
  if (/json/i.test(response.headers.get("content-type") ?? "")) return response;
  await response.body?.cancel();
  // Something in front of Telegram answered: what counts is how.
  const { status: error_code, statusText } = response;
  return { json: async () => ({ ok: false, error_code, description: `${error_code} ${statusText}`.trim() }) };
}

async function download(url: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const response = await fetch(url, { signal, redirect: "error" });
  if (response.ok && response.body !== null) return response.body;
  await response.body?.cancel();
  throw new Error(`Telegram answered ${response.status} for a file`);
}

/** Names go into a header that knows no quoting. */
function safeName(fileName: string, mediaType: string): string {
  const name = fileName.replace(/[\p{Cc}";\\/]+/gu, "_").trim();
  return name === "" ? `file.${mediaType.split("/").at(-1)?.replace(/\W.*$/, "") || "bin"}` : name;
}
