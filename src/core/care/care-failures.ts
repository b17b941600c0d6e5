/** Why care could not be taken. */

import { Code } from "../../../gen/google/rpc/code_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../errors.ts";

const mebibyte = 1_048_576;

/** The disk has no room for what is to be written. */
export function diskFull(folder: string, neededBytes: number, freeBytes: number): Failure {
  const mib = (bytes: number): string => `${Math.ceil(bytes / mebibyte)} MiB`;
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.DISK_FULL,
    message: `the disk of ${folder} has ${mib(freeBytes)} free and ${mib(neededBytes)} are needed; free some space and try again`,
    metadata: { needed_bytes: String(neededBytes), free_bytes: String(freeBytes) },
  });
}

/** Something that is to be in a backup cannot be read. */
export function backupUnreadable(path: string, why: string): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.BACKUP_UNREADABLE,
    message: `${path} cannot be read for the backup (${why}); make it readable for the gateway and try again`,
    metadata: { path },
  });
}
