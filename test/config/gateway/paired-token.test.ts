import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { pairedTokenPath, readPairedToken, writePairedToken } from "../../../src/config/gateway/paired-token.ts";
import { ConfigHome, configErrorOf } from "../config-home.ts";

const url = "https://assistant.example:18789";
const kept = { url, device: "devices/1", token: "ocd_1" };
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("the token of a pairing", () => {
  let home: ConfigHome;
  beforeEach(() => {
    home = new ConfigHome();
  });
  afterEach(() => home.remove());

  it("is not there before this machine was paired", async () => {
    expect(await readPairedToken(home.stateDir, url)).to.equal(undefined);
  });

  it("is read back for its address", async () => {
    await writePairedToken(home.stateDir, kept);
    expect(await readPairedToken(home.stateDir, url)).to.deep.equal(kept);
  });

  it("is read back with the certificate that is to be trusted there", async () => {
    await writePairedToken(home.stateDir, { ...kept, certificate: "PEM" });
    expect(await readPairedToken(home.stateDir, url)).to.deep.equal({ ...kept, certificate: "PEM" });
  });

  it("is for its owner only, in a folder for its owner only, and leaves nothing else there", async () => {
    const path = await writePairedToken(home.stateDir, kept);
    expect(modeOf(path)).to.equal(0o600);
    expect(modeOf(join(home.stateDir, "paired"))).to.equal(0o700);
    expect(readdirSync(join(home.stateDir, "paired"))).to.deep.equal(["https_assistant.example_18789.json"]);
  });

  it("takes the place of the one before, closed to others again", async () => {
    const path = await writePairedToken(home.stateDir, kept);
    chmodSync(path, 0o644);
    await writePairedToken(home.stateDir, { ...kept, token: "ocd_2" });
    expect((await readPairedToken(home.stateDir, url))?.token).to.equal("ocd_2");
    expect(modeOf(path)).to.equal(0o600);
  });

  it("is not given to an address that only shares the file's name", async () => {
    await writePairedToken(home.stateDir, kept);
    const twin = "https://assistant.example_18789";
    expect(pairedTokenPath(home.stateDir, twin)).to.equal(pairedTokenPath(home.stateDir, url));
    expect(await readPairedToken(home.stateDir, twin)).to.equal(undefined);
  });

  it("names a file that does not hold one, and leaves it alone", async () => {
    const path = await writePairedToken(home.stateDir, kept);
    writeFileSync(path, "{}");
    const message = await configErrorOf(() => readPairedToken(home.stateDir, url));
    expect(message).to.equal(`${path}: does not hold a token; delete it and pair again`);
    expect(readFileSync(path, "utf8")).to.equal("{}");
  });
});
