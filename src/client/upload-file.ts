/** Uploads a file in chunks, by its hash: what the gateway holds already is not sent again. */

import { create } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { BlobService } from "../../gen/openclaw/gateway/v1/blob_service_pb.ts";
import { type Attachment, AttachmentSchema } from "../../gen/openclaw/gateway/v1/message_pb.ts";

/** Well under what one request may hold. */
const chunkBytes = 1_048_576;

/** A file to upload. */
export interface FileToUpload {
  readonly content: Uint8Array<ArrayBuffer>;
  /** Name to show; folders are left out. */
  readonly fileName: string;
}

/**
 * Uploads the file unless the gateway has it; resolves with the attachment to put into a message part. A call that breaks is
 * made again by the client, so a poor connection only takes longer. Fails with a ConnectError: TOO_LARGE, FIELD_INVALID.
 */
export async function uploadFile(blobs: Client<typeof BlobService>, file: FileToUpload): Promise<Attachment> {
  const { content, fileName } = file;
  const blob = `blobs/${hex(new Uint8Array(await crypto.subtle.digest("SHA-256", content)))}`;
  const sizeBytes = BigInt(content.length);
  for (let offset = 0, complete = false; !complete; ) {
    const chunk = content.subarray(offset, offset + chunkBytes);
    const progress = await blobs.uploadBlob({ name: blob, sizeBytes, offset: BigInt(offset), chunk });
    offset = Number(progress.committedBytes);
    complete = progress.complete;
  }
  return create(AttachmentSchema, { blob, fileName, sizeBytes });
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
