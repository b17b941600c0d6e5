/**
 * The configuration's files as one document that changes in transactions: checked before it is written, written whole or not
 * at all, remembered, and only ever changed by one process at a time. The gateway uses it while it runs; the command line
 * while it does not.
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../lib/clock.ts";
import { type FaultPoint, noFaults } from "../../lib/fault-point.ts";
import { withEditLock } from "../edit/edit-lock.ts";
import type { ConfigEdit } from "../edit/edit-text.ts";
import { placeEdits, requireEdits } from "../edit/place-edits.ts";
import { configPath, type Surroundings, stateDirectory } from "../environment.ts";
import { readConfigTree } from "../file/include-reader.ts";
import { textsOf, writeIfOther } from "../history/revision-files.ts";
import { noRevision, type Revision, RevisionStore } from "../history/revision-store.ts";
import type { LoadedConfig } from "../load-config.ts";
import type { SecretSnapshot } from "../secrets/resolve-secrets.ts";
import { type ChangeOptions, type ConfigChange, commitTexts, rememberTree } from "./commit-texts.ts";
import { type ConfigCheck, type DiskReading, readDisk, readTexts, type TextReading } from "./disk-reading.ts";

/** What a document is made of. */
export interface DocumentOptions {
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly check?: ConfigCheck;
  readonly faults?: FaultPoint;
}

/** The document at the place the surroundings name. What fails here fails with a ConfigError or a ConfigConflictError. */
export class ConfigDocument {
  /** Absolute path of the file, whether it exists or not. */
  readonly path: string;
  readonly stateDir: string;
  readonly revisions: RevisionStore;
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly check: ConfigCheck;
  readonly reached: FaultPoint;

  constructor({ surroundings, clock, check = () => {}, faults = noFaults }: DocumentOptions) {
    this.path = configPath(surroundings);
    this.stateDir = stateDirectory(surroundings);
    this.revisions = new RevisionStore(this.stateDir);
    this.surroundings = surroundings;
    this.clock = clock;
    this.check = check;
    this.reached = faults;
  }

  /** Reads and checks what is on the disk; never fails because of what the files say. */
  async read(previousSecrets?: SecretSnapshot): Promise<DiskReading> {
    return await readDisk(this.surroundings, this.check, previousSecrets);
  }

  /** Reads the files alone; see `readTexts`. */
  async readTexts(): Promise<TextReading> {
    return await readTexts(this.surroundings);
  }

  /**
   * Makes the changes that `edits` asks for when it sees the document as it is written. What is wrong afterwards is kept as
   * `….rejected.<time>`, and nothing else is changed.
   */
  async change(edits: (written: unknown) => readonly ConfigEdit[], options: ChangeOptions): Promise<ConfigChange> {
    return await this.#locked(async () => {
      const tree = await readConfigTree(this.path, this.surroundings);
      const wanted = edits(tree?.written);
      const texts = placeEdits(this.path, tree, wanted);
      return await commitTexts(this, { tree, texts, verify: (after) => requireEdits(after.tree, wanted) }, options);
    });
  }

  /** Writes the files as they were in a revision. Fails when it is not kept, or would not be valid today. */
  async rollBack(number: number, options: ChangeOptions): Promise<ConfigChange> {
    return await this.#locked(async () => {
      const revision = await this.revisions.find(number);
      if (revision === undefined) throw noRevision(number);
      const { tree } = await this.readTexts();
      return await commitTexts(this, { tree, texts: textsOf(this.path, revision) }, { ...options, force: true });
    });
  }

  /** Remembers what is on the disk when it is not what was remembered last. Returns the revision if it is new. */
  async remember({ tree }: LoadedConfig): Promise<Revision | undefined> {
    if (tree === undefined && (await this.revisions.newest()) === undefined) return undefined;
    return await this.#locked(() => rememberTree(this, tree));
  }

  /** Keeps a copy of a configuration that works, as `….last-good`. */
  async keepLastGood({ tree }: LoadedConfig): Promise<void> {
    const text = tree?.files[0]?.text;
    if (text !== undefined) await writeIfOther(`${this.path}.last-good`, text);
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    // In the state folder, which can be written also where the configuration cannot.
    await mkdir(this.stateDir, { recursive: true, mode: 0o700 }).catch(() => {});
    return await withEditLock(join(this.stateDir, "config"), work);
  }
}
