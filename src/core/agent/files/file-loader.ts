/** Reads the files a model is shown. */

import type { Attachment } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Log } from "../../../lib/log.ts";
import type { BlobContent } from "../../blob/blobs.ts";
import type { ModelImage } from "../model.ts";
import { type ChosenFile, kindOf } from "./file-choice.ts";

/** A file as a model is shown it. */
export type ShownFile =
  | { readonly kind: "image"; readonly image: ModelImage }
  | {
      readonly kind: "text";
      readonly text: string;
      /** Bytes of the file that are shown; undefined when it is whole. */
      readonly cutAfterBytes: number | undefined;
    };

/** What was read, by the object that stands in the message. */
export type ShownFiles = ReadonlyMap<Attachment, ShownFile>;

/** Where the bytes are. */
export interface FileSource {
  /** See `Blobs.open`. */
  open(name: string, offset: number): Promise<BlobContent>;
}

/** Reads files. */
export class FileLoader {
  readonly #source: FileSource;
  readonly #log: Log;

  constructor(source: FileSource, log: Log) {
    this.#source = source;
    this.#log = log;
  }

  /** Those that can be read, one after the other. A file that is gone or damaged is not among them: its place is kept by name. */
  async load(chosen: readonly ChosenFile[]): Promise<ShownFiles> {
    const shown = new Map<Attachment, ShownFile>();
    for (const file of chosen) {
      const read = await this.#read(file);
      if (read !== undefined) shown.set(file.attachment, read);
    }
    return shown;
  }

  async #read({ attachment, kind, maxBytes }: ChosenFile): Promise<ShownFile | undefined> {
    const { blob } = attachment;
    try {
      const { record, pieces } = await this.#source.open(blob, 0);
      // What is kept about the bytes decides, whatever the message says of them.
      if (kindOf(record.mediaType) !== kind || (kind === "image" && record.sizeBytes > maxBytes)) return undefined;
      const bytes = await readUpTo(pieces, maxBytes);
      if (kind === "image") return { kind, image: { mediaType: record.mediaType, bytes } };
      return textOf(bytes, record.sizeBytes);
    } catch (error) {
      this.#log.warn({ err: error, blob }, "a file cannot be read; the agent is told of it and not shown it");
      return undefined;
    }
  }
}

async function readUpTo(pieces: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    read.push(piece.subarray(0, maxBytes - size));
    size += piece.length;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(read);
}

/** Only its beginning said that it is text: undefined when the rest says it is not. */
function textOf(bytes: Uint8Array, sizeBytes: number): ShownFile | undefined {
  const isCut = bytes.length < sizeBytes;
  // A character that is cut in two is left out.
  const text = new TextDecoder().decode(bytes, { stream: isCut });
  if (text.includes("\0")) return undefined;
  return { kind: "text", text, cutAfterBytes: isCut ? bytes.length : undefined };
}
