/** A file that appears whole, under a name nobody else has, or not at all. */

import { randomBytes } from "node:crypto";
import { type FileHandle, link, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./sync-folder.ts";

/** A file on its way to its name. */
export class NewFile {
  readonly #path: string;
  readonly #draft: string;
  readonly #file: FileHandle;

  private constructor(path: string, draft: string, file: FileHandle) {
    this.#path = path;
    this.#draft = draft;
    this.#file = file;
  }

  /**
   * Begins it, readable by its owner alone, as `<path>.partial-<12 hexadecimal digits>`. Fails with EEXIST when something has
   * the name.
   */
  static async create(path: string): Promise<NewFile> {
    await refuseExisting(path);
    // Not the number of the process: in a container the one that died may have had the same.
    const draft = `${path}.partial-${randomBytes(6).toString("hex")}`;
    return new NewFile(path, draft, await open(draft, "wx", 0o600));
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#file.writeFile(bytes);
  }

  /** Gives it its name when it is safe on disk. Fails with EEXIST when something got the name meanwhile. */
  async finish(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
    await putInPlace(this.#draft, this.#path);
    await syncFolder(dirname(this.#path));
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => {});
    await rm(this.#draft, { force: true });
  }
}

/** A link first: unlike a rename, it fails when the name is taken. Some file systems have no links. */
async function putInPlace(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    await refuseExisting(path);
    await rename(draft, path);
    return;
  }
  await rm(draft);
}

async function refuseExisting(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there !== undefined) throw Object.assign(new Error(`${path} exists`), { code: "EEXIST" });
}
