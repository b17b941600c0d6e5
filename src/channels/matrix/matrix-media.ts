/** Files on Matrix: mxc:// addresses, fetched from our own homeserver and from nowhere else. */

import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type ChannelHost, UnsentError } from "../../core/channel/network.ts";
import { type MatrixApi, MatrixError, matrixWords, path } from "./matrix-api.ts";
import { type Json, textAt } from "./matrix-json.ts";

/** How long a file may take, ms. */
const fileMs = 120_000;

/** What a file is fetched with. */
export interface MediaRooms {
  readonly api: MatrixApi;
  readonly host: ChannelHost;
  readonly signal: AbortSignal;
  /** "m.image" and the like. */
  readonly type: string;
}

/** The file of an event and what was written to it; a placeholder instead when it cannot be had. */
export async function keepMedia(
  content: Json,
  { api, host, signal, type }: MediaRooms,
): Promise<{ readonly attachment?: Attachment; readonly text: string }> {
  const named = textAt(content, "filename");
  const body = textAt(content, "body");
  const caption = named !== "" && named !== body ? body : "";
  const placeholder = `<media:${type === "m.file" ? "document" : type.slice("m.".length)}>`;
  const instead = { text: [caption, placeholder].filter(Boolean).join("\n") };
  const address = /^mxc:\/\/([A-Za-z0-9.:[\]-]+)\/([A-Za-z0-9_-]+)$/.exec(textAt(content, "url"));
  if (address === null) return instead;
  const [, server = "", id = ""] = address;
  try {
    const bytes = await download(api, { server, id, signal });
    return { attachment: await host.storeFile(bytes, { fileName: named || body }), text: caption };
  } catch (error) {
    signal.throwIfAborted();
    host.log.warn({ reason: matrixWords(error), mxc: `${server}/${id}` }, "a file on Matrix was not taken");
    return instead;
  }
}

/** Puts a file on the homeserver; resolves with its mxc:// address. Rejects with UnsentError: nothing was said yet. */
export async function upload(
  api: MatrixApi,
  { attachment, bytes, signal }: { attachment: Attachment; bytes: Buffer<ArrayBuffer>; signal: AbortSignal },
): Promise<string> {
  const { fileName, mediaType } = attachment;
  try {
    const file = { bytes, mediaType: mediaType || "application/octet-stream" };
    const query: Record<string, string> = fileName === "" ? {} : { filename: fileName };
    const answer = await api.call({
      method: "POST",
      path: path`/media/v3/upload`,
      query,
      file,
      signal,
      timeoutMs: fileMs,
    });
    const address = textAt(answer, "content_uri");
    if (!address.startsWith("mxc://")) throw new Error("the homeserver took the file and gave no address for it");
    return address;
  } catch (error) {
    const refused = error instanceof MatrixError && error.status < 500 && error.status !== 429;
    const retryAfterMs = error instanceof MatrixError ? error.retryAfterMs : undefined;
    throw new UnsentError(matrixWords(error), { permanent: refused, cause: error, retryAfterMs });
  }
}

/** Homeservers from before authenticated media know the old address only. */
async function download(
  api: MatrixApi,
  { server, id, signal }: { server: string; id: string; signal: AbortSignal },
): Promise<AsyncIterable<Uint8Array>> {
  const request = { method: "GET", signal, timeoutMs: fileMs } as const;
  try {
    return await api.stream({ ...request, path: path`/client/v1/media/download/${server}/${id}` });
  } catch (error) {
    if (!(error instanceof MatrixError) || error.code !== "M_UNRECOGNIZED") throw error;
    return api.stream({ ...request, path: path`/media/v3/download/${server}/${id}` });
  }
}
