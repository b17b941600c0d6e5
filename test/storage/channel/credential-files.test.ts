/** What logins leave is in files for nobody else's eyes. */

import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CredentialFiles } from "../../../src/storage/channel/credential-files.ts";

describe("CredentialFiles", () => {
  let stateDir: string;
  let files: CredentialFiles;

  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), "openclaw-credentials-"));
    files = new CredentialFiles(stateDir);
  });
  afterEach(() => rmSync(stateDir, { recursive: true }));

  it("has nothing at first", async () => {
    expect(await files.load("channels/fake")).to.equal(undefined);
  });

  it("gives back what was saved last, for each account", async () => {
    await files.save("channels/fake", "one");
    await files.save("channels/fake", "two");
    await files.save("channels/fake:work", "three");
    expect(await files.load("channels/fake")).to.equal("two");
    expect(await files.load("channels/fake:work")).to.equal("three");
  });

  it("is readable by its owner only", async () => {
    await files.save("channels/fake", "secret");
    const folder = join(stateDir, "credentials");
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    expect(statSync(join(folder, "fake.json")).mode & 0o777).to.equal(0o600);
  });

  it("forgets", async () => {
    await files.save("channels/fake", "secret");
    await files.save("channels/fake", undefined);
    await files.save("channels/fake", undefined);
    expect(await files.load("channels/fake")).to.equal(undefined);
    expect(readdirSync(join(stateDir, "credentials"))).to.deep.equal([]);
  });
});
