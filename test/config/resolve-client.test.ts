import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { generate } from "selfsigned";
import { ensureToken, tokenPath } from "../../src/config/gateway/gateway-token.ts";
import { writePairedToken } from "../../src/config/gateway/paired-token.ts";
import type { LoadedConfig } from "../../src/config/load-config.ts";
import { type ClientFlags, resolveClient } from "../../src/config/resolve-client.ts";
import { ConfigHome, configErrorOf, loadedGateway } from "./config-home.ts";

type Gateway = Parameters<typeof loadedGateway>[0];

describe("resolveClient", () => {
  let home: ConfigHome;

  beforeEach(() => {
    home = new ConfigHome();
  });
  afterEach(() => home.remove());

  const at = (gateway: Gateway = {}, environment: LoadedConfig["environment"] = {}): LoadedConfig => ({
    ...loadedGateway(gateway, environment),
    home: home.path,
    stateDir: home.stateDir,
    path: join(home.stateDir, "openclaw.json"),
  });

  describe("the gateway of this machine", () => {
    const urls: [
      what: string,
      gateway: Gateway,
      environment: LoadedConfig["environment"],
      url: string,
      source: string,
    ][] = [
      ["the default port", {}, {}, "http://127.0.0.1:18789", "default"],
      ["the file's port", { port: 4000 }, {}, "http://127.0.0.1:4000", "gateway.port"],
      [
        "the variable's port",
        { port: 1 },
        { OPENCLAW_GATEWAY_PORT: "2" },
        "http://127.0.0.1:2",
        "OPENCLAW_GATEWAY_PORT",
      ],
      ["TLS", { tls: { enabled: true, autoGenerate: true } }, {}, "https://127.0.0.1:18789", "default"],
    ];
    for (const [what, gateway, environment, url, urlSource] of urls) {
      it(`is found by ${what}`, async () => {
        expect(await resolveClient(at(gateway, environment))).to.include({ url, urlSource });
      });
    }

    it("cannot be found on any free port", async () => {
      expect(await configErrorOf(() => resolveClient(at({ port: 0 })))).to.equal(
        "gateway.port: is 0, so the gateway's address is not known; give it with --url",
      );
    });

    it("is where it runs, wherever the configuration has it", async () => {
      const url = "http://127.0.0.1:4321";
      for (const port of [0, 4000]) {
        expect(await resolveClient(at({ port }), {}, url)).to.include({ url, urlSource: "the running gateway" });
      }
      expect(await resolveClient(at({ port: 4321 }), {}, url)).to.include({ url, urlSource: "gateway.port" });
    });

    it("is called with the token it made", async () => {
      const secret = await ensureToken(home.stateDir);
      const { credential } = await resolveClient(at());
      expect(credential).to.deep.equal({ kind: "token", secret, source: tokenPath(home.stateDir) });
    });

    it("is called without a credential before it made one", async () => {
      expect((await resolveClient(at())).credential).to.equal(undefined);
    });

    it("is called without a credential when it wants none", async () => {
      await ensureToken(home.stateDir);
      expect((await resolveClient(at({ auth: { mode: "none" } }))).credential).to.equal(undefined);
    });

    const env = { OPENCLAW_GATEWAY_TOKEN: "env-token" };
    const credentials: [string, Gateway, LoadedConfig["environment"], ClientFlags, string[]][] = [
      ["the flag first", { auth: { token: "t" } }, env, { token: "f" }, ["token", "f", "--token"]],
      ["a password flag", { auth: { token: "t" } }, env, { password: "f" }, ["password", "f", "--password"]],
      [
        "the file's token, as the gateway does",
        { auth: { token: "t" } },
        env,
        {},
        ["token", "t", "gateway.auth.token"],
      ],
      ["the environment's token", {}, env, {}, ["token", "env-token", "OPENCLAW_GATEWAY_TOKEN"]],
      ["the file's password", { auth: { password: "p" } }, {}, {}, ["password", "p", "gateway.auth.password"]],
    ];
    for (const [what, gateway, environment, flags, [kind, secret, source]] of credentials) {
      it(`is called with ${what}`, async () => {
        await ensureToken(home.stateDir);
        expect((await resolveClient(at(gateway, environment), flags)).credential).to.deep.equal({
          kind,
          secret,
          source,
        });
      });
    }
  });

  describe("its certificate", () => {
    const tls = { enabled: true, autoGenerate: true };

    async function writeCertificate(path: string): Promise<{ cert: string; fingerprint: string }> {
      const { cert } = await generate([{ name: "commonName", value: "openclaw" }]);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, cert);
      const { X509Certificate } = await import("node:crypto");
      return { cert, fingerprint: new X509Certificate(cert).fingerprint256 };
    }

    it("is pinned when the gateway made it", async () => {
      const { cert, fingerprint } = await writeCertificate(join(home.stateDir, "tls/cert.pem"));
      expect((await resolveClient(at({ tls }))).pin).to.deep.equal({ certificate: cert, fingerprint });
    });

    it("is pinned when the operator gave it", async () => {
      const { fingerprint } = await writeCertificate(join(home.path, "mine.pem"));
      const files = { ...tls, certPath: "~/mine.pem", keyPath: "~/key.pem" };
      expect((await resolveClient(at({ tls: files }))).pin?.fingerprint).to.equal(fingerprint);
    });

    it("is not pinned before there is one, nor without TLS", async () => {
      expect((await resolveClient(at({ tls }))).pin).to.equal(undefined);
      expect((await resolveClient(at())).pin).to.equal(undefined);
    });

    it("has to be one", async () => {
      const path = home.write(".openclaw/tls/cert.pem", "hello");
      expect(await configErrorOf(() => resolveClient(at({ tls })))).to.equal(
        `${path}: does not hold a PEM certificate; put the gateway's certificate there`,
      );
    });
  });

  describe("another gateway", () => {
    const gateway: Gateway = { auth: { token: "own" }, port: 4000 };
    const secrets = { OPENCLAW_GATEWAY_TOKEN: "env-token" };

    it("is the one of --url, called with the flag's credential", async () => {
      const loaded = at(gateway, { ...secrets, OPENCLAW_GATEWAY_URL: "https://b.example" });
      expect(await resolveClient(loaded, { url: "https://a.example:18789/", token: "f" })).to.deep.equal({
        url: "https://a.example:18789",
        urlSource: "--url",
        credential: { kind: "token", secret: "f", source: "--token" },
        pin: undefined,
      });
    });

    it("never gets this machine's secrets with --url", async () => {
      await ensureToken(home.stateDir);
      expect(await configErrorOf(() => resolveClient(at(gateway, secrets), { url: "http://127.0.0.1:4000" }))).to.equal(
        "--url: is given without a credential, and those of the configuration and the environment are not sent to another address; add --token or --password, or pair this machine with it: openclaw devices pair --url …",
      );
    });

    it("can be called without a credential by who only wants to know what it says", async () => {
      const anonymous = true;
      for (const [environment, flags] of [
        [secrets, { url: "http://127.0.0.1:4000", anonymous }],
        [{ OPENCLAW_GATEWAY_URL: "http://127.0.0.1:4000" }, { anonymous }],
      ] as const) {
        const { url, credential } = await resolveClient(at(gateway, environment), flags);
        expect([url, credential]).to.deep.equal(["http://127.0.0.1:4000", undefined]);
      }
    });

    it("is not where this machine's gateway runs", async () => {
      const flags = { url: "http://127.0.0.1:4000", token: "f" };
      expect((await resolveClient(at(gateway), flags, "http://127.0.0.1:4321")).url).to.equal(flags.url);
    });

    it("is the one of OPENCLAW_GATEWAY_URL, called with the environment's credential", async () => {
      const loaded = at(gateway, { ...secrets, OPENCLAW_GATEWAY_URL: "https://b.example/gateway/" });
      expect(await resolveClient(loaded)).to.deep.equal({
        url: "https://b.example/gateway",
        urlSource: "OPENCLAW_GATEWAY_URL",
        credential: { kind: "token", secret: "env-token", source: "OPENCLAW_GATEWAY_TOKEN" },
        pin: undefined,
      });
    });

    it("is called with the flag's credential before the environment's", async () => {
      const loaded = at(gateway, { ...secrets, OPENCLAW_GATEWAY_URL: "https://b.example" });
      expect((await resolveClient(loaded, { password: "f" })).credential).to.deep.equal({
        kind: "password",
        secret: "f",
        source: "--password",
      });
    });

    it("never gets this machine's secrets with OPENCLAW_GATEWAY_URL", async () => {
      await ensureToken(home.stateDir);
      const loaded = at(gateway, { OPENCLAW_GATEWAY_URL: "https://b.example" });
      expect(await configErrorOf(() => resolveClient(loaded))).to.equal(
        "OPENCLAW_GATEWAY_URL: is set without a credential, and those of the configuration are not sent to another address; set OPENCLAW_GATEWAY_TOKEN or OPENCLAW_GATEWAY_PASSWORD, add --token or --password, or pair this machine: openclaw devices pair",
      );
    });

    describe("this machine was paired with", () => {
      const url = "https://a.example:18789";
      const token = "ocd_paired";
      let path: string;
      beforeEach(async () => {
        path = await writePairedToken(home.stateDir, { url, device: "devices/1", token });
      });

      it("is called with the token of the pairing", async () => {
        const paired = { kind: "token", secret: token, source: path };
        expect((await resolveClient(at(gateway, secrets), { url: `${url}/` })).credential).to.deep.equal(paired);
        const loaded = at(gateway, { OPENCLAW_GATEWAY_URL: url });
        expect((await resolveClient(loaded)).credential).to.deep.equal(paired);
      });

      it("is called with what the command line or, for its own address, the environment says instead", async () => {
        expect((await resolveClient(at(gateway), { url, token: "f" })).credential?.secret).to.equal("f");
        const loaded = at(gateway, { ...secrets, OPENCLAW_GATEWAY_URL: url });
        expect((await resolveClient(loaded)).credential?.secret).to.equal("env-token");
      });

      for (const other of [
        "https://a.example",
        "http://a.example:18789",
        "https://a.example:18789/x",
        "https://b.example:18789",
      ]) {
        it(`does not give its token to ${other}`, async () => {
          const message = await configErrorOf(() => resolveClient(at(gateway), { url: other }));
          expect(message).to.contain("--url: is given without a credential");
        });
      }
    });

    it("is not called with two credentials at once", async () => {
      const flags = { url: "https://a.example", token: "t", password: "p" };
      expect(await configErrorOf(() => resolveClient(at(), flags))).to.equal(
        "--token: cannot be used together with --password; leave one of them out",
      );
    });

    const addresses: [url: string, message: string][] = [
      ["assistant", "--url: is not an address; for example https://assistant.example:18789"],
      [
        "ws://a.example",
        "--url: must begin with http:// or https://, not ws://; for example https://assistant.example:18789",
      ],
      [
        "https://a:b@a.example",
        "--url: must not hold a user, a query or a fragment; give the credential with --token or --password",
      ],
      [
        "https://a.example/?token=t",
        "--url: must not hold a user, a query or a fragment; give the credential with --token or --password",
      ],
    ];
    for (const [url, message] of addresses) {
      it(`is not ${url}`, async () => {
        expect(await configErrorOf(() => resolveClient(at(), { url, token: "t" }))).to.equal(message);
      });
    }
  });
});
