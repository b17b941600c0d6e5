/** The configuration of a gateway that runs: what is on the disk, what is in force, and the way from one to the other. */

import type { Log } from "../../lib/log.ts";
import { Turns } from "../../lib/turns.ts";
import { ConfigError } from "../config-error.ts";
import type { ChangeOptions, ConfigChange } from "../document/commit-texts.ts";
import type { ConfigDocument } from "../document/config-document.ts";
import type { DiskReading } from "../document/disk-reading.ts";
import type { ConfigEdit } from "../edit/edit-text.ts";
import type { LoadedConfig } from "../load-config.ts";
import { type AppliedChange, applyChanges, type RunningGateway } from "./apply-changes.ts";
import { type Confirmation, ConfirmationFile } from "./confirmation.ts";
import { type PlannedChange, planReload } from "./reload-plan.ts";
import { Reversion } from "./reversion.ts";
import { FileWatcher } from "./watch-files.ts";

/** What a live configuration is built from. */
export interface LiveConfigOptions {
  /** What the gateway starts with. */
  readonly loaded: LoadedConfig;
  readonly document: ConfigDocument;
  readonly gateway: RunningGateway;
  /** Called after everything that callers see differently: another text, another configuration in force, a refusal. */
  readonly changed: () => Promise<void>;
  readonly log: Log;
}

/** What was asked for, and what came of it. */
export interface LiveChange {
  readonly changes: readonly AppliedChange[];
  readonly warnings: readonly string[];
  /** Undefined when nothing was written. */
  readonly revision: ConfigChange["revision"];
}

/** How long an unconfirmed change stays, beside who makes it. */
export interface LiveChangeOptions extends Omit<ChangeOptions, "running" | "beforeWrite"> {
  /** Undefined: for good. */
  readonly confirmWithinMs?: number | undefined;
}

/** The configuration. What is done to it is done one after the other. */
export class LiveConfig {
  readonly document: ConfigDocument;
  readonly #options: LiveConfigOptions;
  readonly #watcher: FileWatcher;
  readonly #reversion: Reversion;
  readonly #turns = new Turns();
  #running: LoadedConfig;
  #appliedEtag: string;
  #restartDue = false;
  #disk: DiskReading;

  constructor(options: LiveConfigOptions) {
    const { loaded, document, log } = options;
    this.document = document;
    this.#options = options;
    this.#running = loaded;
    this.#appliedEtag = loaded.etag;
    this.#disk = { etag: loaded.etag, tree: loaded.tree, loaded, problem: undefined };
    this.#watcher = new FileWatcher({
      quietMs: () => this.#running.config.gateway.reload.debounceMs,
      onChange: () =>
        this.#turns.run(() => this.#takeOver({ always: false })).then(ignore, (error) => this.#tellBug(error)),
    });
    this.#reversion = new Reversion({
      file: new ConfirmationFile(loaded.stateDir),
      clock: document.clock,
      log,
      revert: (confirmation) => this.#revert(confirmation),
    });
  }

  /** Remembers what it starts with, watches the files, and takes up a change that waits to be confirmed. */
  async start(): Promise<void> {
    await this.#turns.run(async () => {
      await this.#remember(this.#running);
      await this.#keepLastGood(this.#running);
      await this.#watch();
    });
    await this.#reversion.start(this.#running.etag);
  }

  /** Ends it; a change under way is finished first. What waits to be confirmed goes on waiting. */
  async stop(): Promise<void> {
    this.#reversion.stop();
    await this.#watcher.stop();
    await this.#turns.ended();
  }

  /** What is in force; keys that wait for a restart have the values they had. */
  get running(): LoadedConfig {
    return this.#running;
  }

  /** Etag of what is in force as a whole. */
  get appliedEtag(): string {
    return this.#appliedEtag;
  }

  /** What was found on the disk last. */
  get disk(): DiskReading {
    return this.#disk;
  }

  /** What is on the disk, right, and not in force. */
  async waiting(): Promise<readonly AppliedChange[]> {
    const { loaded } = this.#disk;
    if (loaded === undefined || loaded.etag === this.#appliedEtag) return [];
    const { configJsonSchema } = await import("../config-schema.ts");
    const outcome = this.#restartDue ? "restarting" : "waiting";
    return planReload(this.#running.config, loaded.config, configJsonSchema()).map((change) => ({
      ...change,
      outcome,
    }));
  }

  /** The gateway restarted with this configuration. */
  restarted(loaded: LoadedConfig): void {
    this.#restartDue = false;
    this.#running = loaded;
    this.#appliedEtag = loaded.etag;
    if (loaded.etag === this.#disk.etag) return;
    // Another one than was seen last: written a moment ago, or the one before, because that one did not open.
    const look = async (): Promise<void> => {
      this.#disk = await this.document.read(loaded.secrets);
    };
    this.#turns.run(look).catch((error: unknown) => this.#tellBug(error));
  }

  /** Changes the document and applies it; see ConfigDocument.change. */
  async change(edits: (written: unknown) => readonly ConfigEdit[], options: LiveChangeOptions): Promise<LiveChange> {
    return await this.#write({ ...options, supersedes: false }, (given) => this.document.change(edits, given));
  }

  /** Writes the document as it was, and applies it; see ConfigDocument.rollBack. That settles what waits to be confirmed. */
  async rollBack(number: number, options: LiveChangeOptions): Promise<LiveChange> {
    return await this.#write({ ...options, supersedes: true }, (given) => this.document.rollBack(number, given));
  }

  /** What waits to be confirmed. */
  get confirmation(): Confirmation | undefined {
    return this.#reversion.waiting;
  }

  /** The change stays. Returns false when none waits, or another one. */
  async confirm(revision: number | undefined): Promise<boolean> {
    return await this.#turns.run(async () => {
      const confirmed = await this.#reversion.confirm(revision);
      if (confirmed) await this.#options.changed();
      return confirmed;
    });
  }

  /** Reads files and secrets again and applies what differs, whatever the mode. Throws what is wrong with them. */
  async reload(): Promise<LiveChange> {
    return await this.#turns.run(async () => {
      const change = await this.#takeOver({ always: true });
      if (this.#disk.problem !== undefined) throw this.#disk.problem;
      return change;
    });
  }

  async #write(
    { confirmWithinMs, supersedes, ...options }: LiveChangeOptions & { readonly supersedes: boolean },
    work: (options: ChangeOptions) => Promise<ConfigChange>,
  ): Promise<LiveChange> {
    return await this.#turns.run(async () => {
      const waited = this.#reversion.waiting;
      const beforeWrite = async ({ after, before }: ConfigChange): Promise<void> => {
        if (before === undefined) return;
        const expected = { etag: after.etag, revertTo: before.number, withinMs: confirmWithinMs };
        await this.#reversion.expect(expected, supersedes);
      };
      const change = await work({ ...options, running: this.#running, beforeWrite }).catch(async (error: unknown) => {
        await this.#forgetUnwritten(waited);
        throw error;
      });
      const { after, revision, plan } = change;
      if (options.validateOnly) {
        const changes = plan.map((planned) => ({ ...planned, outcome: undefined }));
        return { changes, warnings: after.warnings, revision };
      }
      const applied = await this.#apply(after, plan, { always: false });
      return { ...applied, revision };
    });
  }

  /** What could not be written does not wait to be confirmed; what waited before goes on waiting. */
  async #forgetUnwritten(waited: Confirmation | undefined): Promise<void> {
    const { waiting } = this.#reversion;
    if (waiting === undefined || waiting === waited) return;
    const { etag } = await this.document.readTexts();
    if (etag !== waiting.etag) await this.#reversion.confirm(waiting.revision);
  }

  /** Looks at the disk, and applies what is there if it is new and right. */
  async #takeOver({ always }: { readonly always: boolean }): Promise<LiveChange> {
    const { log } = this.#options;
    const before = this.#disk;
    const disk = await this.document.read(this.#running.secrets);
    const same = disk.etag === before.etag && disk.problem?.message === before.problem?.message;
    if (same && !always) return nothingChanged;
    if (disk.loaded === undefined) {
      this.#disk = disk;
      log.error({ problem: disk.problem?.message }, "the configuration on disk is refused; the one in force stays");
      await this.#watch();
      await this.#options.changed();
      return nothingChanged;
    }
    const revision = await this.#remember(disk.loaded);
    const { configJsonSchema } = await import("../config-schema.ts");
    const plan = planReload(this.#running.config, disk.loaded.config, configJsonSchema());
    return { ...(await this.#apply(disk.loaded, plan, { always })), revision };
  }

  async #apply(
    after: LoadedConfig,
    plan: readonly PlannedChange[],
    { always }: { readonly always: boolean },
  ): Promise<LiveChange> {
    const { gateway, log, changed } = this.#options;
    const { mode } = after.config.gateway.reload;
    this.#disk = { etag: after.etag, tree: after.tree, loaded: after, problem: undefined };
    const wanted = { running: this.#running, after, plan, mode: always && mode === "off" ? "hybrid" : mode } as const;
    const { running, changes, complete, warnings } = await applyChanges(gateway, wanted);
    this.#running = running;
    if (complete) this.#appliedEtag = after.etag;
    this.#restartDue ||= changes.some(({ outcome }) => outcome === "restarting");
    for (const warning of [...after.warnings, ...warnings]) log.warn({}, warning);
    const done = changes.map(({ key, outcome }) => `${key}: ${outcome}`);
    if (done.length > 0) log.info({ changes: done, etag: after.etag }, "the configuration changed");
    if (complete) await this.#keepLastGood(after);
    await this.#watch();
    await changed();
    return { changes, warnings: [...after.warnings, ...warnings], revision: undefined };
  }

  /** Nobody said that all is well. */
  async #revert({ revertTo, revision, etag }: Confirmation): Promise<void> {
    await this.#turns.run(async () => {
      const { log } = this.#options;
      if ((await this.document.readTexts()).etag !== etag) {
        log.warn(
          { revision },
          "a change was not confirmed in time, but another one was made since; nothing is taken back",
        );
        return;
      }
      const note = `revision ${revision} was not confirmed in time`;
      const { after, plan } = await this.document.rollBack(revertTo, {
        author: "gateway",
        note,
        running: this.#running,
      });
      log.warn({ revision, revertTo }, "a change was not confirmed in time; it is taken back");
      await this.#apply(after, plan, { always: false });
    });
  }

  /** A history that cannot be written is no reason not to run. */
  async #remember(loaded: LoadedConfig): Promise<ConfigChange["revision"]> {
    try {
      return await this.document.remember(loaded);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#options.log.warn({ reason: error.message }, "the configuration could not be written into its history");
      return undefined;
    }
  }

  /** Beside a configuration that cannot be written there is no copy of it, either. */
  async #keepLastGood(loaded: LoadedConfig): Promise<void> {
    try {
      await this.document.keepLastGood(loaded);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#options.log.debug({ reason: error.message }, "no copy of the configuration was kept");
    }
  }

  async #watch(): Promise<void> {
    const included = (this.#disk.tree ?? this.#running.tree)?.files.map(({ path }) => path) ?? [];
    await this.#watcher.watch([...new Set([this.document.path, ...included])]);
    // The watcher begins with the files as they are now: what was written since they were read is news to nobody but us.
    if ((await this.document.readTexts()).etag !== this.#disk.etag) this.#watcher.changed();
  }

  #tellBug(error: unknown): void {
    this.#options.log.error({ err: error }, "the configuration could not be read again; the one in force stays");
  }
}

const nothingChanged: LiveChange = { changes: [], warnings: [], revision: undefined };

function ignore(): void {}
