import { chmodSync, mkdirSync, symlinkSync, utimesSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { credentialCheck } from "../../../src/cli/security/credential-check.ts";
import { doorCheck } from "../../../src/cli/security/door-check.ts";
import { exposureCheck } from "../../../src/cli/security/exposure-check.ts";
import { placeCheck } from "../../../src/cli/security/place-check.ts";
import { secretsCheck } from "../../../src/cli/security/secrets-check.ts";
import { CareKit, told } from "../../support/care-kit.ts";

const strong = "oc_tok_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIzNDU2Nzg";

describe("checks of the security audit", () => {
  let kit: CareKit;
  beforeEach(() => {
    kit = new CareKit();
  });
  afterEach(() => kit.remove());

  const worst = async (check: typeof exposureCheck, gateway: unknown): Promise<string | undefined> => {
    kit.configure({ gateway });
    return (await kit.run(check))[0]?.severity;
  };

  it("find nothing in what a gateway makes for itself", async () => {
    kit.write("gateway.token", strong);
    for (const check of [exposureCheck, credentialCheck, secretsCheck, doorCheck]) {
      expect(told(await kit.run(check)), check.id).to.deep.equal([]);
    }
  });

  describe("exposure", () => {
    it("calls an open port without TLS an error, and one with TLS good to know", async () => {
      expect(await worst(exposureCheck, { bind: "lan" })).to.equal("error");
      expect(await worst(exposureCheck, { bind: "lan", tls: { enabled: true } })).to.equal("info");
      expect(await worst(exposureCheck, { bind: "loopback" })).to.equal(undefined);
    });

    it("warns of no authentication, also on loopback", async () => {
      expect(await worst(exposureCheck, { auth: { mode: "none" } })).to.equal("warning");
    });

    it("warns of any page, and calls it an error where others reach the gateway", async () => {
      const controlUi = { allowedOrigins: ["*"] };
      expect(await worst(exposureCheck, { controlUi })).to.equal("warning");
      kit.configure({ gateway: { controlUi, bind: "lan", tls: { enabled: true } } });
      const severities = (await kit.run(exposureCheck)).map(({ severity }) => severity);
      expect(severities).to.deep.equal(["info", "error"]);
    });

    it("warns of a page that is not encrypted, unless it is on this machine", async () => {
      expect(await worst(exposureCheck, { controlUi: { allowedOrigins: ["http://cats.example"] } })).to.equal(
        "warning",
      );
      const own = ["http://localhost:3000", "http://127.0.0.1:3000", "https://cats.example"];
      expect(await worst(exposureCheck, { controlUi: { allowedOrigins: own } })).to.equal(undefined);
    });
  });

  describe("credentials", () => {
    for (const token of ["short", "a".repeat(40), "password-password-password-1"]) {
      it(`finds ${token} weak, and worse where others reach the gateway`, async () => {
        expect(await worst(credentialCheck, { auth: { token } })).to.equal("warning");
        expect(await worst(credentialCheck, { auth: { token }, bind: "lan" })).to.equal("error");
      });
    }

    it("is content with a long random token, and never shows one", async () => {
      expect(await worst(credentialCheck, { auth: { token: strong } })).to.equal(undefined);
      kit.configure({ gateway: { auth: { token: "letmein-2" } } });
      expect(JSON.stringify(await kit.run(credentialCheck))).not.to.contain("letmein-2");
    });

    it("tells of a token that has been around for a year", async () => {
      const path = kit.write("gateway.token", strong);
      const old = new Date(Date.now() - 400 * 86_400_000);
      utimesSync(path, old, old);
      const [problem] = await kit.run(credentialCheck);
      expect(problem).to.include({ severity: "info", subject: path });
      expect(problem?.reason).to.contain("400 days old");
    });
  });

  describe("secrets", () => {
    it("finds those written in the configuration, by key and without showing them", async () => {
      kit.configure({
        gateway: { auth: { token: strong } },
        models: {
          providers: {
            openai: { apiKey: "sk-123456789" },
            home: { baseUrl: "http://127.0.0.1:1/v1", headers: { Authorization: "Bearer x1" } },
          },
        },
      });
      const problems = await kit.run(secretsCheck);
      expect(problems.map(({ subject }) => subject)).to.deep.equal([
        "gateway.auth.token",
        "models.providers.openai.apiKey",
        "models.providers.home.headers.Authorization",
      ]);
      expect(JSON.stringify(problems)).not.to.match(/sk-123|Bearer x1|oc_tok/);
    });

    it("takes variables and references for what they are", async () => {
      kit.configure({
        models: {
          providers: { openai: { apiKey: "${KEY}" }, anthropic: { apiKey: { source: "env", id: "KEY" } } },
        },
      });
      expect(told(await kit.run(secretsCheck, { environment: { KEY: "k" } }))).to.deep.equal([]);
    });

    it("finds a key in the definition of the service", async () => {
      const installed = { file: "/unit", text: "Environment=OPENAI_API_KEY=sk-1\nEnvironment=PATH=/bin" };
      const [problem] = await kit.run(secretsCheck, { installed });
      expect(problem).to.include({ severity: "error", subject: "/unit" });
      expect(problem?.reason).to.contain("OPENAI_API_KEY").and.not.to.contain("sk-1");
    });
  });

  describe("place", () => {
    const reasons = async () => told(await kit.run(placeCheck)).filter((line) => !line.includes(" user:"));

    it("warns of a folder above that others can write", async () => {
      chmodSync(kit.home, 0o777);
      expect(await reasons()).to.deep.equal([`warning ${kit.home}: others can rename what is in it (mode 777)`]);
    });

    it("calls a synchronised folder an error", async () => {
      const real = join(kit.home, "Dropbox", "state");
      mkdirSync(real, { recursive: true });
      const context = await kit.context();
      const link = join(kit.home, "link");
      symlinkSync(real, link);
      Object.assign(context.local, { stateDir: link });
      const problems = await placeCheck.run(context);
      expect(problems.map(({ severity }) => severity)).to.include.members(["error", "info"]);
      expect(told(problems).join()).to.contain("synchronised");
    });
  });

  describe("door", () => {
    /** A server that lets in whatever `admits` says. */
    const knock = async (admits: (request: IncomingMessage) => boolean) => {
      const server = createServer((request, response) => {
        response.statusCode = admits(request) ? 200 : 403;
        response.end("{}");
      });
      server.listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const owner = { pid: 1, startTimeMs: 0, url, verified: true };
      const problems = await kit.run(doorCheck, { owner, deep: true });
      server.close();
      return told(problems).map((line) => line.slice(line.indexOf(": ") + 2));
    };

    it("is content when everything is refused", async () => {
      expect(await knock(() => false)).to.deep.equal([]);
    });

    it("names what is let in", async () => {
      expect(await knock(({ headers }) => headers.host === "rebind.example")).to.have.length(1);
      expect((await knock(({ headers }) => headers.origin !== undefined)).join()).to.contain("a strange web page");
      expect(await knock(() => true)).to.have.length(4);
    });
  });
});
