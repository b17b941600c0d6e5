/** Makes backups of a core, and archives nobody should trust. */

import { createHash } from "node:crypto";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import type { Backup, BackupSummary } from "../../gen/openclaw/gateway/v1/care_pb.ts";
import type { GatewayClient } from "../../src/client/gateway-client.ts";

/** A backup that was received whole. */
export interface ReceivedBackup {
  readonly path: string;
  readonly backup: Backup;
  readonly summary: BackupSummary;
  /** Bytes of the largest chunk. */
  readonly largestChunk: number;
}

/** One entry of a hand-made archive. */
export interface Entry {
  readonly name: string;
  readonly text?: string;
  readonly type?: "file" | "symlink" | "directory" | "link";
  readonly linkname?: string;
}

/** A folder for archives, removed with the kit. */
export class BackupKit {
  readonly folder = mkdtempSync(join(tmpdir(), "openclaw-backup-"));
  #count = 0;

  /** A path nobody has used. */
  path(name = "file"): string {
    this.#count += 1;
    return join(this.folder, `${name}-${this.#count}`);
  }

  /** Asks a gateway for a backup and keeps it. */
  async receive(client: GatewayClient, withoutWorkspace = false): Promise<ReceivedBackup> {
    const chunks: Uint8Array[] = [];
    let backup: Backup | undefined;
    let summary: BackupSummary | undefined;
    for await (const { frame } of client.care.createBackup({ withoutWorkspace })) {
      if (frame.case === "backup") backup = frame.value;
      else if (frame.case === "chunk") chunks.push(frame.value);
      else if (frame.case === "summary") summary = frame.value;
    }
    if (backup === undefined || summary === undefined) throw new Error("the backup is not whole");
    const path = this.path("backup");
    writeFileSync(path, Buffer.concat(chunks));
    return { path, backup, summary, largestChunk: Math.max(...chunks.map(({ length }) => length)) };
  }

  /** Writes these entries as an archive. */
  async archive(entries: readonly Entry[]): Promise<string> {
    const path = this.path("archive");
    const tar = pack();
    const written = pipeline(tar, createGzip(), createWriteStream(path));
    for (const { name, text = "", type = "file", linkname } of entries) {
      if (type === "file") tar.entry({ name, type }, text);
      else tar.entry({ name, type, ...(linkname === undefined ? {} : { linkname }) });
    }
    tar.finalize();
    await written;
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The first entry of an archive, with these facts changed. */
export function headEntry(changes: Record<string, unknown> = {}): Entry {
  const head = {
    format: 1,
    createTime: "2026-11-22T13:00:00.000Z",
    version: "0.1.0",
    schema: 1,
    gatewayId: "one",
    estimatedBytes: 10,
    ...changes,
  };
  return { name: "backup.json", text: JSON.stringify(head) };
}

/** The last entry of an archive, with the right list of these entries. */
export function manifestEntry(entries: readonly Entry[]): Entry {
  const files = entries.map(({ name, text = "" }) => {
    return { path: name, size: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") };
  });
  return { name: "manifest.json", text: JSON.stringify({ format: 1, files, warnings: [] }) };
}
