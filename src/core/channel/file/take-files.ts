/** Files of a message on their way in. */

import type { Attachment } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { ChannelHost } from "../network.ts";

/** A file somebody sent. */
export interface SentFile {
  readonly fileName: string;
  /** Largest content that is taken, in bytes; without, what the channel takes. */
  readonly maxBytes?: number;
  /** Begins to fetch the content; may fail, as the content itself may. */
  readonly open: () => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
  /** Said instead of it when it cannot be had. */
  readonly instead: string;
}

/** What became of the files of a message. */
export interface TakenFiles {
  readonly attachments: Attachment[];
  /** Words for those that could not be had: the message goes on without them. */
  readonly missing: string[];
}

/** Keeps the files, one after the other. Rejects only with the signal's reason, once it aborts. */
export async function takeFiles(
  files: Iterable<SentFile>,
  host: Pick<ChannelHost, "storeFile" | "log">,
  signal: AbortSignal,
): Promise<TakenFiles> {
  const attachments: Attachment[] = [];
  const missing: string[] = [];
  for (const { open, instead, ...file } of files) {
    try {
      attachments.push(await host.storeFile(await open(), file));
    } catch (error) {
      signal.throwIfAborted();
      host.log.warn({ err: error, fileName: file.fileName }, "a file of a message could not be taken");
      missing.push(instead);
    }
  }
  return { attachments, missing };
}
