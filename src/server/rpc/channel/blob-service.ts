/** BlobService: unpack the request, ask the core, pack the answer. */

import type { ServiceImpl } from "@connectrpc/connect";
import type { BlobService } from "../../../../gen/openclaw/gateway/v1/blob_service_pb.ts";
import type { Blobs } from "../../../core/blob/blobs.ts";

/** Files over the wire. */
export function blobService(blobs: Blobs): ServiceImpl<typeof BlobService> {
  return {
    async uploadBlob({ name, sizeBytes, offset, chunk }) {
      const progress = await blobs.upload({ name, sizeBytes: Number(sizeBytes), offset: Number(offset), chunk });
      return { committedBytes: BigInt(progress.committedBytes), complete: progress.complete };
    },
    async *downloadBlob({ name, offset }, { signal }) {
      const { record, pieces } = await blobs.open(name, Number(offset));
      const frame = { sizeBytes: BigInt(record.sizeBytes), mediaType: record.mediaType };
      // The first frame goes at once, or an empty file would look like a stream that hangs.
      yield { ...frame, offset, chunk: new Uint8Array() };
      let at = offset;
      for await (const chunk of pieces) {
        signal.throwIfAborted();
        yield { ...frame, offset: at, chunk };
        at += BigInt(chunk.length);
      }
    },
  };
}
