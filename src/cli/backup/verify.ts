/** `openclaw backup verify`. */

import { resolve } from "node:path";
import { bytesText } from "../care/bytes-text.ts";
import { withLocalState } from "../care/local-state.ts";
import { defineCommand } from "../command/command.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { writePairs } from "../terminal/table.ts";

/** Reads a backup to its end and says whether it can be restored. */
export const command = defineCommand({
  words: [{ name: "file", help: "the backup" }],
  options: {},
  details: `
Compares every file in it with its list, hashes every blob anew, and checks the store and that no blob it refers to is missing.
Exit code 1 when something is. Needs no gateway, and for the store room in the temporary folder.`,
  examples: ["backup verify openclaw-backup-2026-11-22T13-00-00Z.tar.gz"],
  async run({ words, terminal }) {
    const file = resolve(words.file);
    const manifest = await withLocalState((state) => state.verifyBackup(file, new AbortController().signal));
    const { files, warnings, ...facts } = manifest;
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    if (terminal.json) return terminal.document({ file, ok: true, ...facts, files: files.length, bytes, warnings });
    terminal.line(`${file} is whole`);
    writePairs(terminal, [
      ["made", plainLine(`${facts.createTime} by version ${facts.version}`)],
      ["gateway", plainLine(facts.gatewayId)],
      ["files", `${files.length}, ${bytesText(bytes)}`],
    ]);
    for (const warning of warnings) terminal.note(terminal.errorColors.yellow(plainLine(warning)));
  },
});
