/** What logins on networks leave: one file a channel in the state folder, for nobody else's eyes. */

import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CredentialStore } from "../../core/channel/channel-ports.ts";
import { replaceFile } from "../../lib/host/replace-file.ts";

/** Files in "<state>/credentials", mode 0600; each is written whole or not at all. */
export class CredentialFiles implements CredentialStore {
  readonly #folder: string;

  /** `stateDir` is the locked state directory; nothing is made before something is saved. */
  constructor(stateDir: string) {
    this.#folder = join(stateDir, "credentials");
  }

  async load(channel: string): Promise<string | undefined> {
    try {
      return await readFile(this.#path(channel), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  async save(channel: string, credentials: string | undefined): Promise<void> {
    const path = this.#path(channel);
    if (credentials === undefined) {
      await rm(path, { force: true });
      return;
    }
    await replaceFile(path, credentials);
  }

  /** "channels/irc:work" is irc@work.json: a colon is no file name everywhere, and no kind or account has an @. */
  #path(channel: string): string {
    return join(this.#folder, `${channel.slice("channels/".length).replace(":", "@")}.json`);
  }
}
