import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ensureToken, readToken, tokenPath } from "../../../src/config/gateway/gateway-token.ts";
import { credentialShapes } from "../../../src/core/access/credential-shapes.ts";
import { isWhole } from "../../../src/lib/secret/checked-secret.ts";
import { ConfigHome, configErrorOf } from "../config-home.ts";

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("the gateway's own token", () => {
  let home: ConfigHome;
  let stateDir: string;

  beforeEach(() => {
    home = new ConfigHome();
    stateDir = home.stateDir;
  });
  afterEach(() => home.remove());

  it("is not there before a gateway made it", async () => {
    expect(await readToken(stateDir)).to.equal(undefined);
  });

  it("is ocg_, 256 bits and a checksum, another one for each gateway", async () => {
    const token = await ensureToken(stateDir);
    expect(token).to.match(/^ocg_[A-Za-z0-9]{49}$/);
    expect(isWhole(credentialShapes.gatewayToken, token)).to.be.true;
    expect(await ensureToken(join(home.path, "other"))).not.to.equal(token);
  });

  it("is for its owner only, in a folder for its owner only", async () => {
    await ensureToken(stateDir);
    expect(modeOf(tokenPath(stateDir))).to.equal(0o600);
    expect(modeOf(stateDir)).to.equal(0o700);
  });

  it("leaves nothing but itself in the folder", async () => {
    await ensureToken(stateDir);
    expect(readdirSync(stateDir)).to.deep.equal(["gateway.token"]);
  });

  it("stays the same", async () => {
    const token = await ensureToken(stateDir);
    expect(await ensureToken(stateDir)).to.equal(token);
    expect(await readToken(stateDir)).to.equal(token);
    expect(readFileSync(tokenPath(stateDir), "utf8")).to.equal(`${token}\n`);
  });

  it("is one for gateways that start at once", async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => ensureToken(stateDir)));
    expect(new Set(tokens)).to.have.lengthOf(1);
    expect(readdirSync(stateDir)).to.deep.equal(["gateway.token"]);
  });

  it("is closed to others again when the gateway starts", async () => {
    const token = await ensureToken(stateDir);
    chmodSync(tokenPath(stateDir), 0o644);
    expect(await ensureToken(stateDir)).to.equal(token);
    expect(modeOf(tokenPath(stateDir))).to.equal(0o600);
  });

  it("leaves the permissions of a folder that was there alone", async () => {
    mkdirSync(stateDir);
    chmodSync(stateDir, 0o755);
    await ensureToken(stateDir);
    expect(modeOf(stateDir)).to.equal(0o755);
  });

  it("of an earlier version goes on working", async () => {
    const token = `oc_tok_${"x".repeat(43)}`;
    home.write(".openclaw/gateway.token", `${token}\n`);
    expect(await ensureToken(stateDir)).to.equal(token);
    expect(await readToken(stateDir)).to.equal(token);
  });

  for (const text of ["", "oc_tok_short\n", "secret", `ocg_${"x".repeat(49)}\n`]) {
    it(`is never made anew over a file that holds ${JSON.stringify(text)}`, async () => {
      const path = home.write(".openclaw/gateway.token", text);
      const message = `${path}: does not hold a token; delete it and start the gateway again`;
      expect(await configErrorOf(() => ensureToken(stateDir))).to.equal(message);
      expect(await configErrorOf(() => readToken(stateDir))).to.equal(message);
      expect(readFileSync(path, "utf8")).to.equal(text);
    });
  }

  it("says when it cannot be written", async () => {
    const file = home.write("file", "");
    const path = join(file, "gateway.token");
    expect(await configErrorOf(() => ensureToken(file))).to.match(
      new RegExp(`^${path}: cannot be written \\((EEXIST|ENOTDIR)\\); make the state folder writable$`),
    );
  });
});
