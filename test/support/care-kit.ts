/** A machine for checks: a home folder of its own, and a gateway that is whatever a test says. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CareContext, Check, Problem } from "../../src/cli/care/check.ts";
import type { LocalGateway } from "../../src/cli/service/local-gateway.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import type { Environment } from "../../src/config/environment.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import type { InstalledDefinition } from "../../src/supervisor/supervisor.ts";

/** What is different from a machine on which all is well. */
export interface Machine extends Partial<Omit<CareContext, "local">> {
  readonly environment?: Environment;
  readonly installed?: InstalledDefinition;
}

/** A home folder with an empty state folder, both closed. */
export class CareKit {
  readonly home = mkdtempSync(join(tmpdir(), "openclaw-care-"));
  readonly stateDir = join(this.home, ".openclaw");

  constructor() {
    mkdirSync(this.stateDir, { mode: 0o700 });
  }

  /** Writes a file below the state folder, readable by its owner only unless `mode` says otherwise. */
  write(name: string, text: string, mode = 0o600): string {
    const path = join(this.stateDir, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode });
    return path;
  }

  /** Writes openclaw.json. */
  configure(config: unknown): string {
    return this.write("openclaw.json", typeof config === "string" ? config : JSON.stringify(config));
  }

  /** Runs a check on this machine. */
  async run(check: Check, machine: Machine = {}): Promise<readonly Problem[]> {
    return await check.run(await this.context(machine));
  }

  /** What the check sees. */
  async context({ environment = {}, installed, ...machine }: Machine = {}): Promise<CareContext> {
    const surroundings = { environment, home: this.home };
    const local = {
      surroundings,
      stateDir: this.stateDir,
      profile: undefined,
      owner: async () => machine.owner,
      supervisor: { manager: "none", installed: () => installed },
    } as unknown as LocalGateway;
    return {
      local,
      ...(await this.#config(surroundings)),
      owner: undefined,
      service: undefined,
      link: undefined as unknown as CareContext["link"],
      deep: false,
      nowMs: Date.now(),
      run: async () => ({ code: 1, stdout: "", stderr: "" }),
      ...machine,
    };
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  async #config(surroundings: { environment: Environment; home: string }) {
    try {
      return { loaded: await loadConfig(surroundings), problems: [] };
    } catch (error) {
      if (error instanceof ConfigError) return { loaded: undefined, problems: error.problems };
      throw error;
    }
  }
}

/** "severity subject: reason" of each problem. */
export function told(problems: readonly Problem[]): string[] {
  return problems.map(({ severity, subject, reason }) => `${severity} ${subject}: ${reason}`);
}
