/** `openclaw backup restore`. */

import { join, resolve } from "node:path";
import { ConfigError } from "../../config/config-error.ts";
import { configPath, displayPath, type Surroundings } from "../../config/environment.ts";
import { readConfigTree } from "../../config/file/include-reader.ts";
import { workspaceFolder } from "../../config/places.ts";
import { withLocalState } from "../care/local-state.ts";
import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";
import { LocalGateway, requireLocal } from "../service/local-gateway.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { writePairs } from "../terminal/table.ts";

/** Brings a backup back. */
export const command = defineCommand({
  words: [{ name: "file", help: "the backup" }],
  options: {
    "state-dir": { kind: "text", value: "path", help: "state folder to restore into; the profile's own when left out" },
    force: { kind: "switch", help: "move what is there aside instead of refusing" },
  },
  details: `
Into an empty state folder, on this host or another. Everything is unpacked and checked beside it first; until then nothing
changes. With --force, what is there is kept under another name. The gateway must be stopped, and is not started.`,
  examples: ["backup restore backup.tar.gz", "backup restore backup.tar.gz --state-dir ~/.openclaw-copy"],
  async run({ options, words, globals, terminal, nowMs, onInterrupt }) {
    requireLocal(globals.url, "backup restore");
    const stop = new AbortController();
    onInterrupt(() => stop.abort(new CommandFailure("interrupted; nothing was changed")));
    const local = await LocalGateway.open(globals);
    const stateDir = options["state-dir"] === undefined ? local.stateDir : resolve(options["state-dir"]);
    const target = targetOf(local, stateDir);
    if (stateDir === local.stateDir) await requireStopped(local);
    const restored = await withLocalState((state) =>
      state.restoreBackup({
        path: resolve(words.file),
        stateDir,
        configPath: target.configPath,
        workspaceOf: (path) => restoredWorkspace(path, { ...local.surroundings, stateDir, path: target.configPath }),
        force: options.force,
        stamp: new Date(nowMs).toISOString().replace(/[:.]/g, "-"),
        signal: stop.signal,
      }),
    );
    const { places, manifest, movedAside } = restored;
    const files = manifest.files.length;
    if (terminal.json) return terminal.document({ ...places, files, createTime: manifest.createTime, movedAside });
    const short = (path: string): string => displayPath(path, local.surroundings.home);
    terminal.line(plainLine(`restored ${files} files of ${manifest.createTime}`));
    writePairs(terminal, [
      ["state", short(places.stateDir)],
      ["config", short(places.configPath)],
      ["workspace", short(places.workspace)],
      ["before", movedAside.map(short).join("  ")],
    ]);
    for (const warning of manifest.warnings) terminal.note(terminal.errorColors.yellow(plainLine(warning)));
    terminal.note(nextSteps(stateDir, local));
  },
});

/** A state folder that is not the profile's own has its configuration in it. */
function targetOf({ stateDir: own, surroundings }: LocalGateway, stateDir: string): { readonly configPath: string } {
  return { configPath: stateDir === own ? configPath(surroundings) : join(stateDir, "openclaw.json") };
}

async function requireStopped(local: LocalGateway): Promise<void> {
  const owner = await local.owner();
  if (owner === undefined) return;
  throw new CommandFailure(
    `a gateway runs on ${local.stateDir} (process ${owner.pid})`,
    "stop it first: openclaw gateway stop",
  );
}

function nextSteps(stateDir: string, { stateDir: own }: LocalGateway): string {
  if (stateDir === own) return "next: check it with openclaw doctor, then start it with: openclaw gateway start";
  return `next: start a gateway on it with: OPENCLAW_STATE_DIR=${stateDir} openclaw gateway start`;
}

/** The file is read as it is written: nothing a backup says is run or resolved before somebody starts a gateway on it. */
async function restoredWorkspace(
  unpacked: string,
  target: Surroundings & { readonly stateDir: string; readonly path: string },
): Promise<string> {
  const workspace = await writtenWorkspace(unpacked, target);
  return workspaceFolder({ ...target, config: { agents: { defaults: { workspace } } } });
}

async function writtenWorkspace(path: string, surroundings: Surroundings): Promise<string | undefined> {
  try {
    const tree = await readConfigTree(path, surroundings);
    const written = Object(tree?.written) as { agents?: { defaults?: { workspace?: unknown } } };
    const workspace = written.agents?.defaults?.workspace;
    return typeof workspace === "string" && !workspace.includes("${") ? workspace : undefined;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
