/** A gateway elsewhere whose certificate nobody signed is trusted by its fingerprint, and no other one is. */

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { CliHome } from "../support/cli-home.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { readCli } from "../support/run-cli.ts";

describe("openclaw --fingerprint", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;
  let laptop: CliHome;
  const wrong = "AB:".repeat(32).slice(0, -1);
  before(async () => {
    gateway = await startGatewayProcess({ config: { gateway: { tls: { enabled: true } } } });
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });
  beforeEach(() => {
    laptop = new CliHome();
  });
  afterEach(() => laptop.remove());

  const there = (...words: string[]) => laptop.cli(...words, "--url", gateway.url);
  const withToken = (...words: string[]) => there(...words, "--token", gateway.token);

  it("lets any command call it; without, its certificate is not trusted", async () => {
    const refused = await withToken("sessions", "list");
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain("not trusted").and.to.contain("--fingerprint");
    const plain = (gateway.fingerprint ?? "").replaceAll(":", "").toLowerCase();
    for (const fingerprint of [gateway.fingerprint ?? "", `sha256:${plain}`]) {
      const { code, stderr } = await withToken("sessions", "list", "--fingerprint", fingerprint);
      expect(code, stderr).to.equal(0);
    }
  });

  it("refuses another certificate before anything is sent, and says which one it found", async () => {
    const { code, stderr } = await withToken("sessions", "list", "--fingerprint", wrong);
    expect(code).to.equal(1);
    expect(stderr).to.contain(gateway.fingerprint).and.to.contain("nothing was sent");
    expect(gateway.log()).not.to.contain(wrong);
  });

  it("pairs with it, and trusts exactly that certificate from then on", async () => {
    const { setupCode } = await readCli<{ setupCode: string }>(
      gateway,
      "devices",
      "setup-code",
      "--fingerprint",
      gateway.fingerprint ?? "",
    );
    const refused = await there("devices", "pair", "--setup-code", setupCode, "--fingerprint", wrong);
    expect(refused.code).to.equal(1);
    const words = ["devices", "pair", "--setup-code", setupCode, "--fingerprint", gateway.fingerprint ?? "", "--json"];
    const { code, stdout, stderr } = await there(...words);
    expect(code, stderr).to.equal(0);
    const { path } = JSON.parse(stdout) as { path: string };
    expect(JSON.parse(readFileSync(path, "utf8")).certificate).to.contain("BEGIN CERTIFICATE");
    expect(await there("whoami")).to.include({ code: 0 });
    expect(await there("devices", "rotate")).to.include({ code: 0 });
    expect(await there("whoami")).to.include({ code: 0, stderr: "" });
  });

  it("wants a SHA-256, and a gateway elsewhere with TLS", async () => {
    for (const words of [
      ["--fingerprint", "AB:CD", "--url", gateway.url],
      ["--fingerprint", wrong, "--url", "http://127.0.0.1:1"],
    ]) {
      expect((await laptop.cli("sessions", "list", "--token", "t", ...words)).code, words.join(" ")).to.equal(2);
    }
  });
});
