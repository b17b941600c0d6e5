/** A file that is replaced is the old one or the new one, and nothing stays beside it. */

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { replaceFile } from "../../../src/lib/host/replace-file.ts";

describe("a file that is replaced", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-replace-"));
    path = join(folder, "file");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const modeOf = (place: string) => statSync(place).mode & 0o777;

  it("is made with its folder, for its owner only", async () => {
    const deep = join(folder, "new", "file");
    await replaceFile(deep, "text");
    expect(readFileSync(deep, "utf8")).to.equal("text");
    expect([modeOf(deep), modeOf(join(folder, "new"))]).to.deep.equal([0o600, 0o700]);
  });

  it("has the new text and no rights of the old one", async () => {
    writeFileSync(path, "old", { mode: 0o644 });
    await replaceFile(path, "new");
    expect(readFileSync(path, "utf8")).to.equal("new");
    expect(modeOf(path)).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(["file"]);
  });

  it("is the old one until the new one is on disk", async () => {
    writeFileSync(path, "old");
    const seen: string[] = [];
    await replaceFile(path, "new", (place) => seen.push(`${place}: ${readFileSync(path, "utf8")}`));
    expect(seen).to.deep.equal([
      "file.before-draft: old",
      "file.draft-written: old",
      "file.draft-synced: old",
      "file.renamed: new",
      "file.folder-synced: new",
    ]);
  });

  it("leaves nothing beside it when it cannot be replaced", async () => {
    mkdirSync(path);
    writeFileSync(join(path, "inside"), "");
    const code = await replaceFile(path, "new").then(
      () => "",
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(code).to.match(/^(EISDIR|ENOTEMPTY|EEXIST|EPERM)$/);
    expect(readdirSync(folder)).to.deep.equal(["file"]);
  });

  it("takes the old drafts of its own name along, and nobody else's", async () => {
    const names = [".file.0123456789ab.draft", ".file.ba9876543210.draft", ".other.0123456789ab.draft"];
    for (const name of names) writeFileSync(join(folder, name), "half");
    for (const name of [names[0], names[2]]) utimesSync(join(folder, name ?? ""), 1, 1);
    await replaceFile(path, "new");
    expect(readdirSync(folder).sort()).to.deep.equal([names[1], names[2], "file"]);
  });
});
