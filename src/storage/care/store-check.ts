/** Is the store whole, and does it fit its disk? */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import type { Check, CheckContext } from "../../core/care/check.ts";
import { errorFinding, infoFinding, warningFinding } from "../../core/care/findings.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import { sizeOf } from "../database-file.ts";
import { findProblems } from "../integrity.ts";
import { queryOffThread } from "../sqlite/off-thread.ts";

/** The log is folded into the database all the time; beyond this, something keeps it from that. */
const usualMaxLogBytes = 128 * 1_048_576;
const restoreHint = "stop the gateway and restore a backup: openclaw backup restore <file> --force";

/** What the check knows beside the folder. */
export interface StoreCheckOptions {
  /** Why the open store refuses changes, as `Store` has it. */
  readonly readOnlyReason?: (() => string | undefined) | undefined;
  /** Empties the log of a store that is open, as far as its readers allow. Without it, nobody has the store open. */
  readonly fold?: (() => Promise<void>) | undefined;
  /** Size of the log from which on it is told. */
  readonly maxLogBytes?: number;
}

/** Looks at the database of a state folder. */
export class StoreCheck implements Check {
  readonly id = "store";
  readonly #stateDir: string;
  readonly #readOnlyReason: () => string | undefined;
  readonly #fold: () => Promise<void>;
  readonly #maxLogBytes: number;

  constructor(stateDir: string, options: StoreCheckOptions = {}) {
    const { readOnlyReason = () => undefined, maxLogBytes = usualMaxLogBytes } = options;
    this.#stateDir = stateDir;
    this.#fold = options.fold ?? (() => foldUnused(join(stateDir, "openclaw.db")));
    this.#readOnlyReason = readOnlyReason;
    this.#maxLogBytes = maxLogBytes;
  }

  async run(context: CheckContext): Promise<Finding[]> {
    const path = join(this.#stateDir, "openclaw.db");
    if (sizeOf(path) === 0) return [this.#absent(path)];
    const damage = await this.#damage(path, context.signal);
    const log = damage.length === 0 ? await this.#log(path, context) : [];
    return [...damage, ...this.#refusals(path), ...log, ...this.#copies()];
  }

  #absent(path: string): Finding {
    const lost = sizeOf(`${path}-wal`) > 0;
    const text = { check: this.id, subject: path };
    if (lost) return errorFinding({ ...text, reason: "the database is gone, its log is there", fix: restoreHint });
    return infoFinding({ ...text, reason: "there is no store yet; a gateway makes it at its first start" });
  }

  async #damage(path: string, signal: AbortSignal): Promise<Finding[]> {
    const problems = await this.#problems(path, signal);
    return problems.map((problem) =>
      errorFinding({ check: this.id, subject: path, reason: `it is damaged: ${problem}`, fix: restoreHint }),
    );
  }

  async #problems(path: string, signal: AbortSignal): Promise<string[]> {
    try {
      return await findProblems(path, signal);
    } catch (error) {
      signal.throwIfAborted();
      return [errorWords(error)];
    }
  }

  #refusals(path: string): Finding[] {
    const reason = this.#readOnlyReason();
    if (reason === undefined) return [];
    const fix = reason.includes("is damaged") ? restoreHint : "it is tried again every two seconds";
    return [errorFinding({ check: this.id, subject: path, reason: `it takes no changes: ${reason}`, fix })];
  }

  async #log(path: string, { repair }: CheckContext): Promise<Finding[]> {
    const bytes = sizeOf(`${path}-wal`);
    if (bytes <= this.#maxLogBytes) return [];
    const reason = `the log beside it has ${Math.ceil(bytes / 1_048_576)} MiB and should be much smaller`;
    const fix = "fold it into the database: openclaw doctor --fix";
    const finding = warningFinding({ check: this.id, subject: `${path}-wal`, reason, fix, fixable: true });
    if (!repair) return [finding];
    await this.#fold();
    const left = sizeOf(`${path}-wal`);
    if (left > this.#maxLogBytes) return [finding];
    return [Object.assign(finding, { repaired: `folded into the database; ${left} bytes are left` })];
  }

  /** Whoever upgraded may want to go back; nobody wants to for ever. */
  #copies(): Finding[] {
    const copies = readdirSync(this.#stateDir).filter((name) => /^openclaw\.db\.before-\d+$/.test(name));
    return copies.map((name) => {
      const subject = join(this.#stateDir, name);
      const mib = Math.ceil(sizeOf(subject) / 1_048_576);
      const reason = `an upgrade left this copy of the store as it was before (${mib} MiB)`;
      return infoFinding({ check: this.id, subject, reason, fix: "delete it when you will not go back" });
    });
  }
}

async function foldUnused(path: string): Promise<void> {
  await queryOffThread(path, ["PRAGMA wal_checkpoint(TRUNCATE)"], { write: true });
}
