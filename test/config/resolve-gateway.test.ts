import { expect } from "chai";
import { readToken } from "../../src/config/gateway/gateway-token.ts";
import { readMachine } from "../../src/config/gateway/machine.ts";
import { ensureSecret, modelEnvironment, resolveGateway } from "../../src/config/resolve-gateway.ts";
import { ConfigHome, configErrorOf, loadedGateway } from "./config-home.ts";

const machine = { addresses: ["127.0.0.1"], container: false };

describe("resolveGateway", () => {
  it("needs nothing to be set", () => {
    expect(resolveGateway(loadedGateway({}), {}, machine)).to.deep.equal({
      port: { value: 18_789, source: "default" },
      bind: { mode: "loopback", source: "default", hosts: ["127.0.0.1"] },
      auth: { mode: "token", secret: undefined, source: "gateway.token" },
      tls: undefined,
      allowedHosts: [],
      allowedOrigins: [],
    });
  });

  it("takes everything from flags", () => {
    const flags = { port: "4000", bind: "lan", auth: "password", password: "p" };
    expect(resolveGateway(loadedGateway({}), flags, machine)).to.deep.include({
      port: { value: 4000, source: "--port" },
      bind: { mode: "lan", source: "--bind", hosts: ["0.0.0.0"] },
      auth: { mode: "password", secret: "p", source: "--password" },
    });
  });

  it("passes on allowed hosts and origins", () => {
    const config = loadedGateway({ allowedHosts: ["a.example"], controlUi: { allowedOrigins: ["https://a.example"] } });
    expect(resolveGateway(config, {}, machine)).to.deep.include({
      allowedHosts: ["a.example"],
      allowedOrigins: ["https://a.example"],
    });
  });

  it("refuses to listen on a network without authentication", async () => {
    const message = await configErrorOf(() =>
      resolveGateway(loadedGateway({ bind: "lan" }), { auth: "none" }, machine),
    );
    expect(message).to.equal(
      'gateway.auth.mode: is none, which is for loopback only, but the gateway would listen on 0.0.0.0; set gateway.auth.mode to "token", or gateway.bind to "loopback"',
    );
  });

  it("keeps its own certificate in the state folder", () => {
    const { tls } = resolveGateway(loadedGateway({ tls: { enabled: true, autoGenerate: true } }), {}, machine);
    expect(tls).to.deep.equal({ kind: "generated", folder: "/home/ada/.openclaw/tls" });
  });

  it("finds certificate files from the folder of the configuration and from home", () => {
    const files = { enabled: true, autoGenerate: true, certPath: "tls/cert.pem", keyPath: "~/key.pem" };
    expect(resolveGateway(loadedGateway({ tls: files }), {}, machine).tls).to.deep.equal({
      kind: "files",
      certPath: "/home/ada/.openclaw/tls/cert.pem",
      keyPath: "/home/ada/key.pem",
    });
  });

  it("serves without TLS when it is not enabled, whatever else is set", () => {
    const files = { enabled: false, autoGenerate: true, certPath: "c", keyPath: "k" };
    expect(resolveGateway(loadedGateway({ tls: files }), {}, machine).tls).to.equal(undefined);
  });
});

describe("ensureSecret", () => {
  let home: ConfigHome;

  beforeEach(() => {
    home = new ConfigHome();
  });
  afterEach(() => home.remove());

  it("makes and keeps a token when none is set", async () => {
    const secret = await ensureSecret({ mode: "token", secret: undefined, source: "gateway.token" }, home.stateDir);
    expect(secret)
      .to.equal(await readToken(home.stateDir))
      .and.to.be.a("string");
  });

  it("makes none when a secret is set or none is wanted", async () => {
    expect(await ensureSecret({ mode: "token", secret: "t", source: "--token" }, home.stateDir)).to.equal("t");
    expect(await ensureSecret({ mode: "none", secret: undefined, source: "none" }, home.stateDir)).to.equal(undefined);
    expect(await readToken(home.stateDir)).to.equal(undefined);
  });
});

describe("modelEnvironment", () => {
  it("passes on keys of providers and proxies, and nothing else", () => {
    const keys = { OPENAI_API_KEY: "a", GOOGLE_GENERATIVE_AI_API_KEY: "b", HTTPS_PROXY: "c", no_proxy: "d" };
    const others = { PATH: "/bin", OPENCLAW_GATEWAY_TOKEN: "t", API_KEY: "x", AWS_SECRET_ACCESS_KEY: "y" };
    expect(modelEnvironment({ ...keys, ...others })).to.deep.equal(keys);
  });
});

describe("readMachine", () => {
  it("knows the addresses of this machine", () => {
    expect(readMachine({}).addresses).to.include("127.0.0.1");
  });

  it("takes Kubernetes for a container", () => {
    expect(readMachine({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }).container).to.equal(true);
  });
});
