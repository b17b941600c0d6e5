/** Which files of a transcript a model is shown: the newest, within bounds. Of all others it is told that they are there. */

import { type Attachment, type Message, Message_Role as Role } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { attachmentsOf } from "../../blob/attachments.ts";
import type { ModelReader } from "../model.ts";

/** Pictures a model is shown: so many, of so many bytes each and together. A larger one is not shown. */
export const imageBounds = { count: 8, eachBytes: 5 * 1_048_576, totalBytes: 20 * 1_048_576 } as const;

/** Text files a model is shown: so many, cut after so many bytes each, and so many bytes together. */
export const textBounds = { count: 64, eachBytes: 65_536, totalBytes: 262_144 } as const;

/** Types of pictures a model is shown. */
const imageTypes: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** How a model is shown a file. */
export type FileKind = "image" | "text";

/** A file a model is to be shown. */
export interface ChosenFile {
  /** The object that stands in the message: the same blob may stand in others that are too old. */
  readonly attachment: Attachment;
  readonly kind: FileKind;
  /** Bytes to read at most: all of an image, the beginning of a text. */
  readonly maxBytes: number;
}

/** Text for half of what a model reads leaves room for what was said; 2 bytes a token are about that. */
const textBytesPerToken = 2;

/** The beginning of a file that is shorter than this says too little. */
const leastCutBytes = 1_024;

/**
 * Chooses from the newest message back, in a message in the order its files stand in. Only files that were sent to the agent
 * are shown, not its own. `contextTokens` must be known.
 */
export function chooseFiles(messages: readonly Message[], reader: ModelReader): ChosenFile[] {
  const chosen: ChosenFile[] = [];
  const images = { count: 0, bytes: 0 };
  const texts = { count: 0, bytes: 0 };
  const textTotal = Math.min(textBounds.totalBytes, reader.contextTokens * textBytesPerToken);
  const sent = messages.filter(({ role }) => role === Role.USER || role === Role.SYSTEM);
  for (const attachment of sent.toReversed().flatMap(({ parts }) => attachmentsOf(parts))) {
    const kind = kindOf(attachment.mediaType);
    const sizeBytes = Number(attachment.sizeBytes);
    if (kind === "image" && reader.takesImages) {
      const fits = sizeBytes <= imageBounds.eachBytes && images.bytes + sizeBytes <= imageBounds.totalBytes;
      if (!fits || images.count >= imageBounds.count) continue;
      chosen.push({ attachment, kind, maxBytes: sizeBytes });
      images.count += 1;
      images.bytes += sizeBytes;
    } else if (kind === "text" && sizeBytes > 0) {
      const maxBytes = Math.min(sizeBytes, textBounds.eachBytes, textTotal - texts.bytes);
      const saysTooLittle = maxBytes < Math.min(sizeBytes, leastCutBytes);
      if (saysTooLittle || texts.count >= textBounds.count) continue;
      chosen.push({ attachment, kind, maxBytes });
      texts.count += 1;
      texts.bytes += maxBytes;
    }
  }
  return chosen;
}

/** How a file of this type is shown; undefined when it is not. */
export function kindOf(mediaType: string): FileKind | undefined {
  if (imageTypes.has(mediaType)) return "image";
  if (mediaType.startsWith("text/") || mediaType === "application/json" || mediaType.endsWith("+json")) return "text";
  return undefined;
}
