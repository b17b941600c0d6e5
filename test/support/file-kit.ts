/** Files in messages, for tests of what models are shown. */

import { create } from "@bufbuild/protobuf";
import { type Attachment, AttachmentSchema, type Part, PartSchema } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import type { CoreKit } from "./core-kit.ts";

/** Small pictures, by media type; what their bytes say they are. */
export const pictures: Readonly<Record<string, Buffer>> = {
  "image/png": Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
  "image/jpeg": Buffer.from("ffd8ffe000104a46494600010100000100010000ffd9", "hex"),
  "image/gif": Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64"),
  "image/webp": Buffer.from("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA", "base64"),
};

/** An attachment nobody kept bytes of. */
export function attachment(mediaType: string, sizeBytes: number, fileName = ""): Attachment {
  return create(AttachmentSchema, {
    blob: `blobs/${"0".repeat(64)}`,
    mediaType,
    fileName,
    sizeBytes: BigInt(sizeBytes),
  });
}

/** A part with a file. */
export function filePart(value: Attachment): Part {
  return create(PartSchema, { kind: { case: "attachment", value } });
}

/** Keeps a file in the kit's core. */
export function keepFile(kit: CoreKit, fileName: string, content: Uint8Array | string): Promise<Attachment> {
  return kit.core.blobs.store(once(Buffer.from(content)), { fileName, maxBytes: 100_000_000 });
}

/** Sends files with a text to sessions/main and waits for the end of the run. */
export async function askWithFiles(kit: CoreKit, text: string, files: readonly Attachment[]): Promise<Run> {
  const parts = [{ kind: { case: "text" as const, value: text } }, ...files.map(filePart)];
  const { run } = await kit.client.runs.createRun({ parent: "sessions/main", parts });
  return kit.ended(run?.name ?? "");
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
