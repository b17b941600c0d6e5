/** What can go wrong with blobs. */

import { Code } from "../../../gen/google/rpc/code_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../errors.ts";

/** A file is larger than it may be. */
export function blobTooLarge(limitBytes: number): Failure {
  return new Failure({
    code: Code.RESOURCE_EXHAUSTED,
    reason: ErrorReason.TOO_LARGE,
    message: `the file is larger than ${limitBytes} bytes; send a smaller one`,
    metadata: { limit: String(limitBytes) },
  });
}

/** There is no room for another file. */
export function storageFull(limitBytes: number): Failure {
  return new Failure({
    code: Code.RESOURCE_EXHAUSTED,
    reason: ErrorReason.TOO_LARGE,
    message: `files may take ${limitBytes} bytes together, and there is no room for this one; raise blobs.maxTotalBytes, or delete sessions with files and wait a day`,
    metadata: { limit: String(limitBytes) },
  });
}
