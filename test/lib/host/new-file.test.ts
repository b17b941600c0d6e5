import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { NewFile } from "../../../src/lib/host/new-file.ts";

describe("a new file", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-new-file-"));
    path = join(folder, "file");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const codeOf = (work: Promise<unknown>) => work.then(() => "").catch(({ code }: NodeJS.ErrnoException) => code);

  it("has its name only when it is whole, and is its owner's alone", async () => {
    const file = await NewFile.create(path);
    await file.write(Buffer.from("one "));
    expect(readdirSync(folder)).not.to.include("file");
    await file.write(Buffer.from("two"));
    await file.finish();
    expect(readFileSync(path, "utf8")).to.equal("one two");
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(["file"]);
  });

  it("refuses a name that is taken, at once or meanwhile", async () => {
    const file = await NewFile.create(path);
    writeFileSync(path, "theirs");
    expect(await codeOf(NewFile.create(path))).to.equal("EEXIST");
    expect(await codeOf(file.finish())).to.equal("EEXIST");
    await file.abandon();
    expect(readFileSync(path, "utf8")).to.equal("theirs");
    expect(readdirSync(folder)).to.deep.equal(["file"]);
  });

  it("is begun although a process with the same number died with one", async () => {
    const left = `file.partial-${process.pid}`;
    writeFileSync(join(folder, left), "half");
    const file = await NewFile.create(path);
    await file.finish();
    expect(readdirSync(folder).sort()).to.deep.equal(["file", left]);
  });

  it("that is abandoned leaves nothing behind", async () => {
    const file = await NewFile.create(path);
    await file.write(Buffer.from("half"));
    await file.abandon();
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
