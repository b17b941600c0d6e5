/** The configuration of a gateway that does not run: its files, changed as the gateway would change them. */

import { formatProblem } from "../../config/config-error.ts";
import type { ChangeOptions, ConfigChange } from "../../config/document/commit-texts.ts";
import { ConfigDocument } from "../../config/document/config-document.ts";
import { requirePath, viewAt } from "../../config/document/config-view.ts";
import { wantedEdits } from "../../config/document/restore-secrets.ts";
import { processSurroundings } from "../../config/environment.ts";
import { diffRevisions } from "../../config/history/revision-diff.ts";
import { listRevisions } from "../../config/history/revision-list.ts";
import type { ProfileFlags } from "../../config/profile.ts";
import { ConfirmationFile } from "../../config/reload/confirmation.ts";
import { resolveGateway } from "../../config/resolve-gateway.ts";
import { systemClock } from "../../lib/clock.ts";
import { CommandFailure } from "../failure-view.ts";
import {
  type ChangeReport,
  type ChangeTerms,
  type ConfigState,
  type ConfigTarget,
  changedKey,
  type RevisionReport,
  type WantedChange,
} from "./config-target.ts";

/** Author of changes nobody had to prove who they are for. */
const author = "command line";

/** Reads and writes the files of a profile. */
export class FileTarget implements ConfigTarget {
  readonly kind = "file";
  readonly watched: boolean;
  readonly document: ConfigDocument;
  readonly #confirmation: ConfirmationFile;

  constructor({ profile, dev }: ProfileFlags, watched = false) {
    this.watched = watched;
    const surroundings = processSurroundings({ profile, dev });
    this.document = new ConfigDocument({ surroundings, clock: systemClock, check: (loaded) => resolveGateway(loaded) });
    this.#confirmation = new ConfirmationFile(this.document.stateDir);
  }

  async state(withDefaults: boolean): Promise<ConfigState> {
    const disk = await this.document.read();
    const document = await viewAt(disk, [], withDefaults);
    const problems = disk.problem?.problems.map(formatProblem) ?? [];
    const { path } = this.document;
    return { path, etag: disk.etag, appliedEtag: undefined, document, problems, pending: [], ...(await this.#waits()) };
  }

  async change({ edits, patch = {}, ...terms }: WantedChange): Promise<ChangeReport> {
    const wanted = edits.map(({ path, value }) => ({ path: requirePath(path), value }));
    return await this.#write(terms, (options) =>
      this.document.change((written) => wantedEdits(written, wanted, patch), options),
    );
  }

  async rollBack(revision: number, terms: ChangeTerms): Promise<ChangeReport> {
    const note = terms.note || `rolled back to revision ${revision}`;
    const report = await this.#write({ ...terms, note }, (options) => this.document.rollBack(revision, options));
    if (!terms.dryRun) await this.#confirmation.remove();
    return report;
  }

  async history(limit: number, withDiff: boolean): Promise<readonly RevisionReport[]> {
    const { etag } = await this.document.readTexts();
    const { revisions } = await listRevisions(this.document, { etag, limit, withDiff });
    return revisions.map(({ files, ...report }) => report);
  }

  /** What lies between two revisions. Fails when one of them is not kept. */
  async diff(from: number, to: number): Promise<string> {
    return await diffRevisions(this.document, from, to);
  }

  async confirm(revision: number | undefined): Promise<void> {
    const waiting = await this.#confirmation.read();
    if (waiting === undefined || (revision ?? waiting.revision) !== waiting.revision) {
      const what = revision === undefined ? "no change waits" : `revision ${revision} does not wait`;
      throw new CommandFailure(`${what} to be confirmed`, "it was confirmed, or taken back: openclaw config history");
    }
    await this.#confirmation.remove();
  }

  async reload(): Promise<ChangeReport> {
    throw new CommandFailure("no gateway runs that could reload it", "openclaw gateway start");
  }

  async #write(
    { dryRun, force, note, etag, confirmWithinMs }: ChangeTerms,
    work: (options: ChangeOptions) => Promise<ConfigChange>,
  ): Promise<ChangeReport> {
    if (confirmWithinMs !== undefined) {
      throw new CommandFailure(
        "no gateway runs that could take the change back",
        "openclaw gateway start, or leave --confirm-within out",
      );
    }
    const { after, plan, revision } = await work({ author, validateOnly: dryRun, force, note, etag });
    if (revision !== undefined) await this.document.keepLastGood(after);
    return {
      revision: revision?.number,
      etag: after.etag,
      changes: plan.map(changedKey),
      warnings: after.warnings,
    };
  }

  async #waits(): Promise<{ confirmBy?: string }> {
    const waiting = await this.#confirmation.read();
    return waiting === undefined ? {} : { confirmBy: new Date(waiting.expireTimeMs).toISOString() };
  }
}
