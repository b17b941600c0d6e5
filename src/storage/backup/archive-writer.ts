/** Writes an archive: files into a tar, packed with gzip, read as bytes no faster than they are wanted. */

import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGzip, type Gzip } from "node:zlib";
import { type Pack, pack } from "tar-stream";
import { backupUnreadable } from "../../core/care/care-failures.ts";
import type { FoundFile } from "./backup-files.ts";
import type { BackupFile } from "./manifest.ts";

/** Largest chunk, in bytes. */
const chunkSize = 262_144;

/** What became of one file. */
export interface WrittenFile extends BackupFile {
  /** False when it was cut while it was read: what is missing is filled with zeros. */
  readonly whole: boolean;
}

/** An archive that is being written. Read `bytes` while files are added, or nothing is. */
export class ArchiveWriter {
  /** The archive; ends after `finish`. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly #pack: Pack;
  readonly #gzip: Gzip;

  constructor() {
    this.#pack = pack();
    this.#gzip = createGzip({ chunkSize });
    // Whoever reads the bytes is told of an error; there is nobody else to tell.
    pipeline(this.#pack, this.#gzip, () => {});
    this.bytes = this.#gzip;
  }

  /** Adds a text. */
  addText(name: string, text: string): Promise<WrittenFile> {
    const bytes = Buffer.from(text);
    return this.#add({ name, sizeBytes: bytes.length, mode: 0o600, mtime: new Date() }, async function* () {
      yield bytes;
    });
  }

  /** Adds a file as large as it is now. Fails with BACKUP_UNREADABLE; undefined when it is gone. */
  async addFile({ path, name }: FoundFile): Promise<WrittenFile | undefined> {
    const file = await openFile(path);
    if (file === undefined) return undefined;
    try {
      const { size, mode, mtime } = await file.stat();
      const header = { name, sizeBytes: size, mode: mode & 0o777, mtime };
      return await this.#add(header, () => readBytes(file, size));
    } catch (error) {
      throw wrapped(path, error);
    } finally {
      await file.close();
    }
  }

  /** No more files. */
  finish(): void {
    this.#pack.finalize();
  }

  /** Gives up; the bytes end with this error. */
  destroy(error: Error): void {
    this.#pack.destroy(error);
    this.#gzip.destroy(error);
  }

  async #add(header: EntryHeader, read: () => AsyncIterable<Buffer>): Promise<WrittenFile> {
    const { name, sizeBytes, mode, mtime } = header;
    const taken = Promise.withResolvers<void>();
    const entry = this.#pack.entry({ name, size: sizeBytes, mode, mtime, type: "file" }, (error) => {
      if (error) taken.reject(error);
      else taken.resolve();
    });
    taken.promise.catch(() => {});
    const hash = createHash("sha256");
    let left = sizeBytes;
    const write = async (bytes: Buffer): Promise<void> => {
      left -= bytes.length;
      hash.update(bytes);
      if (!entry.write(bytes)) await Promise.race([taken.promise, drained(entry)]);
    };
    for await (const bytes of read()) await write(bytes);
    const whole = left === 0;
    while (left > 0) await write(Buffer.alloc(Math.min(left, chunkSize)));
    entry.end();
    await taken.promise;
    return { path: name, size: sizeBytes, sha256: hash.digest("hex"), whole };
  }
}

interface EntryHeader {
  readonly name: string;
  readonly sizeBytes: number;
  readonly mode: number;
  readonly mtime: Date;
}

function drained(entry: ReturnType<Pack["entry"]>): Promise<void> {
  return new Promise((resolve) => entry.once("drain", resolve));
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw wrapped(path, error);
  }
}

/** At most `size` bytes: a file that grows meanwhile is taken as it was. */
async function* readBytes(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < size; ) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkSize, size - offset));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Errors of the disk, in words; any other one is a bug, or the reader's own. */
function wrapped(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? error : backupUnreadable(path, code ?? "");
}
