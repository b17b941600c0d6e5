/** Files in messages: by reference to a blob the gateway holds, with what its bytes say about them. */

import type { Attachment, Part } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { invalidField } from "../errors.ts";
import type { BlobReader } from "./blob-table.ts";

const namePattern = /^blobs\/([0-9a-f]{64})$/;
const maxFileName = 255;

/** The hash in "blobs/{sha256}". Fails with FIELD_INVALID. */
export function hashOf(name: string, field: string): string {
  const hash = namePattern.exec(name)?.[1];
  if (hash === undefined)
    throw invalidField(field, `"${name}" is no blob name; it is blobs/ and 64 hexadecimal digits`);
  return hash;
}

/**
 * The parts with size and media type of their files as the gateway knows them; what a caller says about them counts for
 * nothing. Fails with FIELD_INVALID when a file is not there.
 */
export async function settleAttachments(
  { blobs }: { readonly blobs: BlobReader },
  parts: readonly Part[],
  field: string,
): Promise<Part[]> {
  const settled: Part[] = [];
  for (const [index, part] of parts.entries()) {
    const { kind } = part;
    if (kind.case !== "attachment") settled.push(part);
    else {
      const value = await settleAttachment({ blobs }, kind.value, `${field}[${index}].attachment`);
      settled.push({ ...part, kind: { case: "attachment", value } });
    }
  }
  return settled;
}

/** The files in a message. */
export function attachmentsOf(parts: readonly Part[]): Attachment[] {
  return parts.flatMap(({ kind }) => (kind.case === "attachment" ? [kind.value] : []));
}

/** One file of `settleAttachments`. */
async function settleAttachment(
  { blobs }: { readonly blobs: BlobReader },
  attachment: Attachment,
  field: string,
): Promise<Attachment> {
  const record = await blobs.find(hashOf(attachment.blob, `${field}.blob`));
  if (record === undefined) {
    throw invalidField(`${field}.blob`, `${attachment.blob} is not there; upload it with BlobService.UploadBlob first`);
  }
  return {
    ...attachment,
    mediaType: record.mediaType,
    sizeBytes: BigInt(record.sizeBytes),
    fileName: plainFileName(attachment.fileName),
  };
}

/** A name without folders, control characters and leading dots, at most 255 characters; may be empty. */
export function plainFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const visible = [...last].filter((character) => character >= " " && character !== "\u007f");
  return visible.join("").replace(/^\.+/, "").slice(0, maxFileName);
}
