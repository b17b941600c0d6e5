/** Is the store whole, and does it fit its disk? */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import type { Check, CheckContext } from "../../core/care/check.ts";
import { errorFinding, infoFinding, warningFinding } from "../../core/care/findings.ts";
import { sizeOf } from "../database-file.ts";
import { findProblems } from "../integrity.ts";

/** The log is folded into the database all the time; beyond this, something keeps it from that. */
const maxLogBytes = 128 * 1_048_576;
const restoreHint = "stop the gateway and restore a backup: openclaw backup restore <file> --force";

/** Looks at the database of a state folder. */
export class StoreCheck implements Check {
  readonly id = "store";
  readonly #stateDir: string;
  readonly #readOnlyReason: () => string | undefined;

  /** `readOnlyReason` is why the open store refuses changes, as `Store` has it. */
  constructor(stateDir: string, readOnlyReason: () => string | undefined = () => undefined) {
    this.#stateDir = stateDir;
    this.#readOnlyReason = readOnlyReason;
  }

  async run({ signal }: CheckContext): Promise<Finding[]> {
    const path = join(this.#stateDir, "openclaw.db");
    if (sizeOf(path) === 0) return [this.#absent(path)];
    return [...(await this.#damage(path, signal)), ...this.#refusals(path), ...this.#log(path), ...this.#copies()];
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
      return [error instanceof Error ? error.message : String(error)];
    }
  }

  #refusals(path: string): Finding[] {
    const reason = this.#readOnlyReason();
    if (reason === undefined) return [];
    return [
      errorFinding({ check: this.id, subject: path, reason: `it takes no changes: ${reason}`, fix: restoreHint }),
    ];
  }

  #log(path: string): Finding[] {
    const bytes = sizeOf(`${path}-wal`);
    if (bytes <= maxLogBytes) return [];
    const reason = `the log beside it has ${Math.round(bytes / 1_048_576)} MiB and should be much smaller`;
    const fix = "restart the gateway: openclaw gateway restart";
    return [warningFinding({ check: this.id, subject: `${path}-wal`, reason, fix })];
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
