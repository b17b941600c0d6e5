import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { freePort } from "../support/free-port.ts";
import { type GatewayProcess, removeHome, startGatewayProcess, testToken } from "../support/gateway-process.ts";
import { runCli } from "../support/run-cli.ts";

describe("openclaw gateway probe", () => {
  let gateway: GatewayProcess;
  let stranger: Server;
  let strangerUrl: string;
  before(async () => {
    gateway = await startGatewayProcess();
    stranger = createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1");
    await new Promise((resolve) => stranger.once("listening", resolve));
    strangerUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  });
  after(async () => {
    stranger.close();
    await gateway.stop();
    await removeHome(gateway.home);
  });

  const probe = async (words: readonly string[], environment: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await runCli(["gateway", "probe", ...words, "--json"], { environment });
    return { code, stderr, ...(stdout === "" ? {} : JSON.parse(stdout)) };
  };
  const here = () => ({
    OPENCLAW_STATE_DIR: `${gateway.home}/state`,
    OPENCLAW_CONFIG_PATH: `${gateway.home}/openclaw.json`,
  });

  it("says what its user may do at the gateway of this machine", async () => {
    const { code, reachable, gateways } = await probe([], here());
    expect([code, reachable, gateways.length]).to.deep.equal([0, true, 1]);
    expect(gateways[0]).to.include({
      url: gateway.url,
      source: "the running gateway",
      capability: "admin",
      principal: "token",
      state: "ready",
    });
  });

  it("asks the one of the environment and the one of this machine", async () => {
    const { gateways } = await probe([], { ...here(), OPENCLAW_GATEWAY_URL: strangerUrl });
    expect(gateways.map(({ source, capability }: Record<string, string>) => [source, capability])).to.deep.equal([
      ["OPENCLAW_GATEWAY_URL", "unreachable"],
      ["the running gateway", "admin"],
    ]);
  });

  it("asks several at once, and is content with one that answers", async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const { code, gateways } = await probe([gateway.url, strangerUrl, nobody, "--token", testToken]);
    expect(code).to.equal(0);
    expect(gateways.map(({ capability }: Record<string, string>) => capability)).to.deep.equal([
      "admin",
      "unreachable",
      "unreachable",
    ]);
    expect(gateways[1].problem).to.contain("is not an OpenClaw gateway");
    expect(gateways[2].problem).to.contain("no gateway answers");
  });

  it("sends no credential of this machine elsewhere, and says that one can only connect without", async () => {
    const { code, gateways } = await probe(["--url", gateway.url], { OPENCLAW_GATEWAY_TOKEN: testToken });
    expect(code).to.equal(0);
    expect(gateways[0]).to.include({ capability: "connect-only", source: "--url" });
    expect(gateways[0].problem).to.contain("wants a credential");
  });

  it("tells a wrong credential from none", async () => {
    const { gateways } = await probe([gateway.url, "--token", "wrong"]);
    expect(gateways[0].capability).to.equal("connect-only");
    expect(gateways[0].problem).to.contain("not valid");
  });

  it("exits with 1 only when nobody can be reached", async () => {
    const { code, reachable } = await probe([`http://127.0.0.1:${await freePort()}`, "--token", "t"]);
    expect([code, reachable]).to.deep.equal([1, false]);
  });

  it("exits with 78 for what is no address", async () => {
    const { code, stderr } = await probe(["ws://127.0.0.1:1"]);
    expect(code).to.equal(78);
    expect(stderr).to.contain("must begin with http:// or https://");
  });

  it("is a table for people", async () => {
    const words = ["gateway", "probe", gateway.url, "--token", testToken];
    const { stdout } = await runCli(words);
    expect(stdout).to.match(/^YOU MAY +URL +FROM +AS +STATE +VERSION +MS$/m);
    expect(stdout).to.match(/^admin +http/m);
  });
});
