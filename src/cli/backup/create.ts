/** `openclaw backup create`. */

import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { toJson } from "@bufbuild/protobuf";
import {
  type Backup,
  BackupSchema,
  type BackupSummary,
  BackupSummarySchema,
} from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import { freeBytes } from "../../lib/host/free-space.ts";
import { NewFile } from "../../lib/host/new-file.ts";
import { type BackupPiece, readBackup } from "../care/backup-pieces.ts";
import { bytesText } from "../care/bytes-text.ts";
import { withLocalState } from "../care/local-state.ts";
import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";
import { plainLine } from "../terminal/plain-text.ts";

/** Puts everything a gateway needs into one file. */
export const command = defineCommand({
  words: [],
  options: {
    output: { kind: "text", value: "path", help: "file to write, or a folder; never overwrites", fallback: "." },
    "no-workspace": { kind: "switch", help: "leave out the folder agents work in" },
    verify: { kind: "switch", help: "read it again when it is written, and check the store in it" },
  },
  details: `
Store, configuration, credentials and workspace, as one .tar.gz that only you can read. A gateway that runs goes on
meanwhile; the store in the backup is as it was at one moment. It holds every key and token: keep it safe.`,
  examples: ["backup create", "backup create --output /mnt/disk --verify"],
  async run({ options, terminal, nowMs, onInterrupt, ...invocation }) {
    const stop = new AbortController();
    let interrupted = false;
    onInterrupt(() => {
      interrupted = true;
      stop.abort(new CommandFailure("interrupted; nothing was left behind"));
    });
    const path = outputPath(options.output, nowMs);
    const wish = { workspace: !options["no-workspace"], signal: stop.signal };
    try {
      const made = await readBackup(invocation, wish, (pieces) => writePieces(path, pieces));
      if (options.verify) await withLocalState((state) => state.verifyBackup(path, stop.signal));
      if (terminal.json) {
        const backup = toJson(BackupSchema, made.backup);
        const summary = toJson(BackupSummarySchema, made.summary);
        terminal.document({ file: path, backup, summary, verified: options.verify });
        return 0;
      }
      const { files, fileBytes, archiveBytes } = made.summary;
      const checked = options.verify ? ", verified" : "";
      terminal.line(`${path}: ${files} files, ${bytesText(fileBytes)} in ${bytesText(archiveBytes)}${checked}`);
      for (const warning of made.summary.warnings) terminal.note(terminal.errorColors.yellow(plainLine(warning)));
      return 0;
    } catch (error) {
      if (interrupted) return 130;
      throw error;
    }
  },
});

interface Made {
  readonly backup: Backup;
  readonly summary: BackupSummary;
}

/** A folder gets a file named by the time. */
function outputPath(given: string, nowMs: number): string {
  const path = resolve(given);
  const isFolder = given.endsWith("/") || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const stamp = new Date(nowMs).toISOString().replace(/:/g, "-").replace(/\..*/, "Z");
  return isFolder ? join(path, `openclaw-backup-${stamp}.tar.gz`) : path;
}

async function writePieces(path: string, pieces: AsyncIterable<BackupPiece>): Promise<Made> {
  const file = await openNew(path);
  const hash = createHash("sha256");
  let backup: Backup | undefined;
  let summary: BackupSummary | undefined;
  try {
    for await (const piece of pieces) {
      if (piece.case === "summary") summary = piece.value;
      else if (piece.case === "backup") {
        backup = piece.value;
        await requireRoom(path, backup.estimatedBytes);
      } else {
        hash.update(piece.value);
        await file.write(piece.value);
      }
    }
    if (backup === undefined || summary === undefined)
      throw new CommandFailure("the backup ended too early", "try again");
    if (hash.digest("hex") !== summary.sha256)
      throw new CommandFailure("the backup was damaged on its way", "try again");
    await file.finish();
    return { backup, summary };
  } catch (error) {
    await file.abandon();
    throw diskFailure(path, error);
  }
}

async function openNew(path: string): Promise<NewFile> {
  try {
    return await NewFile.create(path);
  } catch (error) {
    throw diskFailure(path, error);
  }
}

/** Compressed it is smaller; how much nobody knows before. */
async function requireRoom(path: string, estimatedBytes: bigint): Promise<void> {
  const free = await freeBytes(dirname(path));
  if (BigInt(free) >= estimatedBytes) return;
  throw new CommandFailure(
    `the disk of ${dirname(path)} has ${bytesText(free)} free, and the backup may have ${bytesText(estimatedBytes)}`,
    "free some space, or write it elsewhere with --output",
  );
}

function diskFailure(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === "EEXIST") return new CommandFailure(`${path} exists already`, "choose another name with --output");
  if (syscall === undefined) return error;
  return new CommandFailure(`${path} cannot be written (${code})`, "choose another place with --output");
}
