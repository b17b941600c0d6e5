/** Backups of a state directory this process holds. */

import { createHash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Backup, BackupSchema, BackupSummarySchema } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import type { BackupPiece, BackupRequest, BackupSource } from "../../core/care/backup-source.ts";
import { rateLimited } from "../../core/errors.ts";
import type { Clock } from "../../lib/clock.ts";
import type { ArchiveWriter, WrittenFile } from "./archive-writer.ts";
import { type BackupPlaces, type FoundFile, type FoundFiles, findBackupFiles } from "./backup-files.ts";
import { copyStore, type StoreCopy } from "./copy-store.ts";
import { type BackupFile, type BackupHead, backupFormat, headName, manifestName, storeName } from "./manifest.ts";

/** What backups are made of. */
export interface StateBackupsOptions {
  /** Where everything is; read for every backup. */
  readonly places: () => BackupPlaces;
  /** Of the program. */
  readonly version: string;
  readonly clock: Clock;
}

/** See `BackupSource`. */
export class StateBackups implements BackupSource {
  readonly #options: StateBackupsOptions;
  #busy = false;

  constructor(options: StateBackupsOptions) {
    this.#options = options;
  }

  async *create(request: BackupRequest): AsyncGenerator<BackupPiece> {
    if (this.#busy) throw rateLimited("backups at a time", 10_000);
    this.#busy = true;
    const { signal } = request;
    let copy: StoreCopy | undefined;
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      copy?.remove();
      this.#busy = false;
    };
    try {
      const places = this.#options.places();
      copy = await copyStore(places.stateDir, signal);
      // A reader that goes away may never come back to this generator, so its end cannot be left to `finally` alone. Before
      // the copy is made it must be: the next one would be made in the same place.
      signal.addEventListener("abort", end, { once: true });
      signal.throwIfAborted();
      yield* this.#send(copy, await findBackupFiles(places, request.workspace), signal);
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  async *#send(copy: StoreCopy | undefined, found: FoundFiles, signal: AbortSignal): AsyncGenerator<BackupPiece> {
    const store: FoundFile[] = copy ? [{ path: copy.path, name: storeName, sizeBytes: copy.sizeBytes }] : [];
    const all = [...store, ...found.files];
    const backup = this.#describe(copy, all);
    yield { case: "backup", value: backup };
    const { ArchiveWriter } = await import("./archive-writer.ts");
    const writer = new ArchiveWriter();
    const contents = { head: headOf(backup), files: all, warnings: found.warnings };
    const written = fill(writer, contents, signal);
    written.catch((error: Error) => writer.destroy(error));
    // Why nobody reads it any more is what the backup ends with: that is no bug.
    const gone = (): void => writer.destroy(signal.reason as Error);
    signal.addEventListener("abort", gone, { once: true });
    const hash = createHash("sha256");
    let archiveBytes = 0;
    try {
      for await (const chunk of writer.bytes) {
        signal.throwIfAborted();
        hash.update(chunk);
        archiveBytes += chunk.length;
        yield { case: "chunk", value: chunk };
      }
    } finally {
      signal.removeEventListener("abort", gone);
      gone();
      await written.catch(() => {});
    }
    const { files, warnings } = await written;
    const fileBytes = files.reduce((sum, { size }) => sum + size, 0);
    const summary = create(BackupSummarySchema, {
      files: files.length,
      fileBytes: BigInt(fileBytes),
      archiveBytes: BigInt(archiveBytes),
      sha256: hash.digest("hex"),
      warnings: [...warnings],
    });
    yield { case: "summary", value: summary };
  }

  #describe(copy: StoreCopy | undefined, files: readonly FoundFile[]): Backup {
    const { version, clock } = this.#options;
    return create(BackupSchema, {
      format: backupFormat,
      createTime: timestampFromMs(clock.nowMs()),
      version,
      schema: copy?.schema ?? 0,
      gatewayId: copy?.gatewayId ?? "",
      estimatedBytes: BigInt(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)),
    });
  }
}

function headOf({ createTime, version, schema, gatewayId, estimatedBytes }: Backup): BackupHead {
  return {
    format: backupFormat,
    createTime: new Date(createTime === undefined ? 0 : timestampMs(createTime)).toISOString(),
    version,
    schema,
    gatewayId,
    estimatedBytes: Number(estimatedBytes),
  };
}

interface Contents extends FoundFiles {
  readonly head: BackupHead;
}

interface Filled {
  readonly files: readonly BackupFile[];
  readonly warnings: readonly string[];
}

async function fill(writer: ArchiveWriter, { head, files, warnings }: Contents, signal: AbortSignal): Promise<Filled> {
  const written: WrittenFile[] = [];
  const told = [...warnings];
  await writer.addText(headName, `${JSON.stringify(head, undefined, 2)}\n`);
  for (const file of files) {
    signal.throwIfAborted();
    const result = await writer.addFile(file);
    if (result === undefined) told.push(`${file.path} was removed meanwhile and is not in the backup`);
    else written.push(result);
    if (result?.whole === false)
      told.push(`${file.path} was cut while it was read; the backup has what was left of it`);
  }
  const listed = written.map(({ path, size, sha256 }) => ({ path, size, sha256 }));
  const { estimatedBytes: _, ...facts } = head;
  await writer.addText(manifestName, `${JSON.stringify({ ...facts, files: listed, warnings: told }, undefined, 2)}\n`);
  writer.finish();
  return { files: listed, warnings: told };
}
