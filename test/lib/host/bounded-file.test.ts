import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { BoundedFile } from "../../../src/lib/host/bounded-file.ts";

describe("a bounded file", () => {
  const bounds = { maxBytes: 100, pieces: 2 };
  let dir: string;
  let path: string;
  let file: BoundedFile | undefined;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "openclaw-bounded-"));
    path = join(dir, "logs", "some.log");
  });
  afterEach(() => {
    file?.close();
    file = undefined;
    rmSync(dir, { recursive: true });
  });
  const open = () => {
    file = new BoundedFile(path, bounds);
    return file;
  };
  const write = (letter: string) => writeSync(open().fileDescriptor, letter.repeat(101));
  const text = (suffix = "") => readFileSync(path + suffix, "utf8");

  it("is made with its folder, for its owner alone", () => {
    open();
    expect([statSync(path).mode & 0o777, statSync(join(dir, "logs")).mode & 0o777]).to.deep.equal([0o600, 0o700]);
  });

  it("goes on where it ended", () => {
    mkdirSync(join(dir, "logs"));
    appendFileSync(path, "old\n");
    writeSync(open().fileDescriptor, "new\n");
    expect(text()).to.equal("old\nnew\n");
  });

  it("stays as it is while it is small enough", () => {
    writeSync(open().fileDescriptor, "a".repeat(100));
    file?.keepBounds();
    expect(text()).to.have.length(100);
    expect(existsSync(`${path}.1`)).to.equal(false);
  });

  it("begins anew when it is too large, and keeps as many pieces as it is told", () => {
    for (const letter of ["a", "b", "c"]) {
      write(letter);
      file?.keepBounds();
      file?.close();
    }
    open();
    expect([text(), text(".1"), text(".2")]).to.deep.equal(["", "c".repeat(101), "b".repeat(101)]);
    expect(existsSync(`${path}.3`)).to.equal(false);
  });

  it("is the same file for whoever else appends to it", () => {
    write("a");
    appendFileSync(path, "b");
    file?.keepBounds();
    writeSync(file?.fileDescriptor ?? -1, "c");
    appendFileSync(path, "d");
    expect(text()).to.equal("cd");
  });

  it("stays bounded where nothing can be put aside", () => {
    mkdirSync(`${path}.2/in the way`, { recursive: true });
    write("a");
    appendFileSync(`${path}.1`, "old");
    expect(() => file?.keepBounds()).to.not.throw();
    expect(text()).to.equal("");
  });
});
