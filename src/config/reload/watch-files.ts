/** Notices when files change, however they are written: in place, by a rename, or by somebody else on a shared disk. */

import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Some file systems tell nobody: the files are looked at this often all the same, in ms. */
const lookMs = 5_000;

/** What a watcher is told. */
export interface FileWatcherOptions {
  /** Called when the files were quiet for `quietMs` after something happened to them. Calls do not overlap. */
  readonly onChange: () => Promise<void>;
  readonly quietMs: () => number;
}

/** Watches the folders of files: a watch on a file itself goes deaf when the file is replaced. */
export class FileWatcher {
  readonly #options: FileWatcherOptions;
  readonly #folders = new Map<string, FSWatcher>();
  #paths: readonly string[] = [];
  #stamps = "";
  #quiet: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(options: FileWatcherOptions) {
    this.#options = options;
  }

  /** Watches these files from now on, and no others. They need not exist. */
  async watch(paths: readonly string[]): Promise<void> {
    if (this.#stopped) return;
    this.#paths = paths;
    const folders = new Set(paths.map((path) => dirname(path)));
    for (const [folder, watcher] of this.#folders) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of folders) if (!this.#folders.has(folder)) this.#watchFolder(folder);
    this.#stamps = await stampsOf(paths);
    this.#look ??= setInterval(() => void this.#lookAtFiles(), lookMs).unref();
  }

  /** Something happened to the files that nobody noticed: `onChange` is called as if it had been. */
  changed(): void {
    if (this.#stopped) return;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#tell(), this.#options.quietMs());
  }

  /** Ends it; resolves when nobody is being told any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#quiet);
    clearInterval(this.#look);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
    await this.#telling;
  }

  #watchFolder(folder: string): void {
    try {
      // Locks, drafts and copies beside the files come and go: only the stamps say whether a file changed.
      const watcher = watch(folder, { persistent: false }, () => void this.#lookAtFiles());
      watcher.on("error", () => this.#forget(folder));
      this.#folders.set(folder, watcher);
    } catch {
      // A folder that is not there cannot be watched; its files are still looked at from time to time.
    }
  }

  #forget(folder: string): void {
    this.#folders.get(folder)?.close();
    this.#folders.delete(folder);
  }

  async #lookAtFiles(): Promise<void> {
    for (const folder of new Set(this.#paths.map((path) => dirname(path)))) {
      if (!this.#folders.has(folder) && !this.#stopped) this.#watchFolder(folder);
    }
    const stamps = await stampsOf(this.#paths);
    if (stamps === this.#stamps || this.#stopped) return;
    this.#stamps = stamps;
    this.changed();
  }

  #tell(): void {
    if (this.#telling !== undefined) {
      this.#again = true;
      return;
    }
    this.#telling = this.#options.onChange().finally(() => {
      this.#telling = undefined;
      if (!this.#again || this.#stopped) return;
      this.#again = false;
      this.#tell();
    });
  }
}

async function stampsOf(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    paths.map(async (path) => {
      const stats = await stat(path, { bigint: true }).catch(() => undefined);
      return stats === undefined ? "-" : `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
    }),
  );
  return stamps.join(" ");
}
