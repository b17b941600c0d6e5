import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { expect } from "chai";
import { takeHiddenValues } from "../../../src/cli/channel-setup/hidden-values.ts";
import { UsageError } from "../../../src/cli/command/usage-error.ts";

describe("values that are not on the command line", () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-hidden-"));
    file = join(folder, "token.txt");
    writeFileSync(file, "from-file\n");
  });
  after(() => rmSync(folder, { recursive: true }));

  const take = (input: string, ...keys: (readonly [string, string])[]) =>
    takeHiddenValues(keys, { stdin: Readable.from([input]), canAsk: false });
  const refusal = async (input: string, ...keys: (readonly [string, string])[]): Promise<string> => {
    const thrown: unknown = await take(input, ...keys).catch((error) => error);
    expect(thrown).to.be.instanceOf(UsageError);
    return (thrown as UsageError).message;
  };

  it("are lines of standard input, in the order of their keys", async () => {
    const keys = await take("first\nsecond word\n", ["password", "-"], ["nick", "claw"], ["botToken", "-"]);
    expect(keys).to.deep.equal([
      ["password", "first"],
      ["nick", "claw"],
      ["botToken", "second word"],
    ]);
  });

  it("are waited for no longer than for their lines: a pipe may stay open", async () => {
    const stdin = new PassThrough();
    stdin.write("first\n");
    expect(await takeHiddenValues([["password", "-"]], { stdin, canAsk: false })).to.deep.equal([
      ["password", "first"],
    ]);
    expect(stdin.isPaused()).to.equal(true);
  });

  it("are the text of a file, for secrets", async () => {
    expect(await take("", ["nickserv.password", `@${file}`])).to.deep.equal([["nickserv.password", "from-file"]]);
  });

  it("leave names with @ alone: an address of Matrix is no file", async () => {
    expect(await take("", ["userId", "@claw:matrix.org"])).to.deep.equal([["userId", "@claw:matrix.org"]]);
  });

  it("let a secret begin with @ when it is written twice", async () => {
    expect(await take("", ["password", "@@home"])).to.deep.equal([["password", "@home"]]);
  });

  it("are refused by name when there is no line, no file, or more than a line in it", async () => {
    const long = join(folder, "long.txt");
    writeFileSync(long, "a\nb\n");
    expect(await refusal("one\n", ["password", "-"], ["botToken", "-"])).to.contain("no line for botToken");
    expect(await refusal("", ["botToken", `@${folder}/none`])).to.contain("does not exist");
    expect(await refusal("", ["botToken", `@${long}`])).to.contain("is not one line");
  });
});
