/** The bytes of blobs on disk: `blobs/ab/<hash>`, and `blobs/unfinished/<hash>` while they come in. */

import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BlobFiles, KeptFile, TakeFile } from "../../core/blob/blob-files.ts";
import { syncFolder } from "../../lib/host/sync-folder.ts";
import { mediaTypeOf } from "./media-type.ts";

/** Bytes from the beginning that tell what a file is. */
const headBytes = 4_100;

const folderMode = 0o700;
const fileMode = 0o600;

/** A directory of blobs inside the state directory; made when the first one comes. */
export class BlobDirectory implements BlobFiles {
  readonly #path: string;
  readonly #unfinished: string;

  constructor(stateDir: string) {
    this.#path = join(stateDir, "blobs");
    this.#unfinished = join(this.#path, "unfinished");
  }

  async heldBytes(hash: string): Promise<number> {
    return (await sizeOf(join(this.#unfinished, hash))) ?? 0;
  }

  async append(hash: string, chunk: Uint8Array): Promise<void> {
    await mkdir(this.#unfinished, { recursive: true, mode: folderMode });
    const file = await open(join(this.#unfinished, hash), "a", fileMode);
    try {
      await file.writeFile(chunk);
    } finally {
      await file.close();
    }
  }

  async seal(hash: string): Promise<KeptFile | undefined> {
    const path = join(this.#unfinished, hash);
    const found = await digestFile(path);
    if (found.hash !== hash) {
      await rm(path, { force: true });
      return undefined;
    }
    await this.#place(path, hash);
    return found;
  }

  async keep(content: AsyncIterable<Uint8Array>, maxBytes: number, take: TakeFile): Promise<KeptFile | undefined> {
    await mkdir(this.#unfinished, { recursive: true, mode: folderMode });
    const path = join(this.#unfinished, randomUUID());
    try {
      if (!(await writeBounded(path, content, maxBytes))) return undefined;
      const found = await digestFile(path);
      await take(found, () => this.#place(path, found.hash));
      return found;
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Opened with the first piece: a stream nobody reads would end the process when its file is gone. */
  async *read(hash: string, offset: number): AsyncGenerator<Uint8Array> {
    yield* createReadStream(this.#pathOf(hash), { start: offset, highWaterMark: 65_536 }) as AsyncIterable<Uint8Array>;
  }

  async delete(hash: string): Promise<void> {
    await rm(this.#pathOf(hash), { force: true });
  }

  async deleteUnfinished(beforeMs: number): Promise<void> {
    for (const name of await namesIn(this.#unfinished)) {
      const path = join(this.#unfinished, name);
      const stats = await stat(path).catch(() => undefined);
      if (stats !== undefined && stats.mtimeMs < beforeMs) await rm(path, { force: true });
    }
  }

  #pathOf(hash: string): string {
    return join(this.#path, hash.slice(0, 2), hash);
  }

  /** Moves a file that is whole to its place, safe on disk before and after. */
  async #place(path: string, hash: string): Promise<void> {
    await syncFile(path);
    const target = this.#pathOf(hash);
    await mkdir(dirname(target), { recursive: true, mode: folderMode });
    await rename(path, target);
    await syncFolder(dirname(target));
    await syncFolder(this.#path);
  }
}

async function writeBounded(path: string, content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<boolean> {
  const file: FileHandle = await open(path, "wx", fileMode);
  try {
    let bytes = 0;
    for await (const piece of content) {
      bytes += piece.length;
      if (bytes > maxBytes) return false;
      await file.writeFile(piece);
    }
    return true;
  } finally {
    await file.close();
  }
}

async function digestFile(path: string): Promise<KeptFile> {
  const sum = createHash("sha256");
  const head: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) {
    if (sizeBytes < headBytes) head.push(piece);
    sizeBytes += piece.length;
    sum.update(piece);
  }
  return {
    hash: sum.digest("hex"),
    sizeBytes,
    mediaType: await mediaTypeOf(Buffer.concat(head).subarray(0, headBytes)),
  };
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
