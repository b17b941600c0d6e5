/** Reads an archive, and trusts nothing in it. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { type Entry, extract } from "tar-stream";
import {
  BackupError,
  type BackupHead,
  type BackupManifest,
  headName,
  manifestName,
  parseHead,
  parseManifest,
} from "./manifest.ts";

/** Most that is read of the archive's own two lists, in bytes. */
const maxListBytes = 256 * 1_048_576;

/** A file as the archive has it. */
export interface ArchivedFile {
  /** "state/…", "config/…" or "workspace/…": relative, without "..", never twice. */
  readonly path: string;
  readonly size: number;
  readonly executable: boolean;
  readonly mtime: Date;
  /** To be read to its end before the next file comes. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Takes what is read. */
export interface ArchiveVisitor {
  /** Called first; may throw to stop. */
  head?(head: BackupHead): void | Promise<void>;
  /** Called for every file; must read it, or throw to stop. */
  file(file: ArchivedFile): Promise<void>;
}

/**
 * Reads a whole archive and compares every file with the archive's own list. Resolves with that list. Throws a BackupError
 * that says what is wrong with it; what `visitor` was given until then must not be used.
 */
export async function readArchive(
  path: string,
  newestSchema: number,
  visitor: ArchiveVisitor,
): Promise<BackupManifest> {
  const tar = extract();
  const source = createReadStream(path);
  const piped = new Promise<unknown>((resolve) => pipeline(source, createGunzip(), tar, resolve));
  const reader = new ArchiveReader(newestSchema, visitor);
  try {
    for await (const entry of tar) await reader.take(entry);
  } catch (error) {
    // What broke the stream may reach the reader of an entry as no more than that it is broken.
    const broken = (error as NodeJS.ErrnoException).code === "STREAM_DESTROYED";
    throw inWords(path, broken ? await piped : error);
  } finally {
    source.destroy();
  }
  return reader.finish(path);
}

class ArchiveReader {
  readonly #newestSchema: number;
  readonly #visitor: ArchiveVisitor;
  readonly #seen = new Map<string, { readonly size: number; readonly sha256: string }>();
  #head: BackupHead | undefined;
  #manifest: BackupManifest | undefined;

  constructor(newestSchema: number, visitor: ArchiveVisitor) {
    this.#newestSchema = newestSchema;
    this.#visitor = visitor;
  }

  async take(entry: Entry): Promise<void> {
    const { name, type, size = 0, mode = 0, mtime = new Date() } = entry.header;
    if (this.#manifest !== undefined) throw new BackupError(`something follows its ${manifestName}`);
    if (type !== "file")
      throw new BackupError(`${JSON.stringify(name)} in it is a ${type}; a backup has plain files only`);
    if (this.#head === undefined) {
      if (name !== headName) throw new BackupError("it is no backup of a gateway");
      this.#head = parseHead(await textOf(entry, name), this.#newestSchema);
      await this.#visitor.head?.(this.#head);
    } else if (name === manifestName) {
      this.#manifest = parseManifest(await textOf(entry, name));
    } else {
      this.#checkName(name);
      const hash = createHash("sha256");
      await this.#visitor.file({
        path: name,
        size,
        executable: (mode & 0o100) !== 0,
        mtime,
        bytes: hashed(entry, hash),
      });
      this.#seen.set(name, { size, sha256: hash.digest("hex") });
    }
  }

  /** The list, when everything on it was there as it says, and nothing else. */
  finish(path: string): BackupManifest {
    const manifest = this.#manifest;
    if (manifest === undefined) throw new BackupError(`${path} ends too early; it was not written to its end`);
    for (const { path: name, size, sha256 } of manifest.files) {
      const seen = this.#seen.get(name);
      if (seen === undefined) throw new BackupError(`${path} is damaged: ${name} is missing`);
      if (seen.size !== size || seen.sha256 !== sha256)
        throw new BackupError(`${path} is damaged: ${name} was changed`);
    }
    if (manifest.files.length !== this.#seen.size)
      throw new BackupError(`${path} holds files that are not on its list`);
    return manifest;
  }

  #checkName(name: string): void {
    const [top = "", ...segments] = name.split("/");
    const safe = segments.every((part) => part !== "" && part !== "." && part !== ".." && !/[\0\\]/.test(part));
    if (!["state", "config", "workspace"].includes(top) || segments.length === 0 || !safe || this.#seen.has(name)) {
      throw new BackupError(`${JSON.stringify(name)} in it is no place a backup has files at; do not trust it`);
    }
  }
}

async function* hashed(entry: Entry, hash: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
  for await (const bytes of entry as AsyncIterable<Buffer>) {
    hash.update(bytes);
    yield bytes;
  }
}

async function textOf(entry: Entry, name: string): Promise<string> {
  if ((entry.header.size ?? 0) > maxListBytes) throw new BackupError(`its ${name} is too large`);
  const pieces: Buffer[] = [];
  for await (const bytes of entry as AsyncIterable<Buffer>) pieces.push(bytes);
  return Buffer.concat(pieces).toString("utf8");
}

/** zlib and tar tell of damage by their own errors. */
function inWords(path: string, error: unknown): unknown {
  if (error instanceof BackupError) return new BackupError(`${path} cannot be used: ${error.message}`, error.cause);
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return new BackupError(`there is no file ${path}`);
  if (syscall !== undefined) return new BackupError(`${path} cannot be read (${code ?? message})`);
  if (code?.startsWith("Z_") || /tar|unexpected end|premature/i.test(message)) {
    return new BackupError(`${path} is damaged, or no backup (${message})`);
  }
  return error;
}
