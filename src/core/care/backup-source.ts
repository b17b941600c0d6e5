/** The backup port: everything a gateway would need on another host, as one archive. */

import type { Backup, BackupSummary } from "../../../gen/openclaw/gateway/v1/care_pb.ts";

/** A piece of a backup: what is coming, then bytes of the archive, then what was sent. */
export type BackupPiece =
  | { readonly case: "backup"; readonly value: Backup }
  | { readonly case: "chunk"; readonly value: Uint8Array }
  | { readonly case: "summary"; readonly value: BackupSummary };

/** What goes into a backup. */
export interface BackupRequest {
  /** With the folder agents work in. */
  readonly workspace: boolean;
  readonly signal: AbortSignal;
}

/** Makes backups. */
export interface BackupSource {
  /**
   * Begins a backup. The store in it is as it was at one moment, whatever is written meanwhile. Chunks have 256 KiB at most
   * and are read no faster than they are taken. Fails with a Failure when the disk has no room for a copy of the store, or
   * another backup is being made. Leaving it early leaves nothing behind.
   */
  create(request: BackupRequest): AsyncIterable<BackupPiece>;
}
