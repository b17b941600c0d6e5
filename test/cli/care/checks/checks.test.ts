import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { generate } from "selfsigned";
import { clockCheck } from "../../../../src/cli/care/checks/clock-check.ts";
import { configCheck } from "../../../../src/cli/care/checks/config-check.ts";
import { diskCheck } from "../../../../src/cli/care/checks/disk-check.ts";
import { filesCheck } from "../../../../src/cli/care/checks/files-check.ts";
import { gatewayCheck } from "../../../../src/cli/care/checks/gateway-check.ts";
import { leftoversCheck } from "../../../../src/cli/care/checks/leftovers-check.ts";
import { nodeCheck } from "../../../../src/cli/care/checks/node-check.ts";
import { portCheck } from "../../../../src/cli/care/checks/port-check.ts";
import { tlsCheck } from "../../../../src/cli/care/checks/tls-check.ts";
import { CareKit, told } from "../../../support/care-kit.ts";
import { freePort } from "../../../support/free-port.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe("checks of the machine", () => {
  let kit: CareKit;
  beforeEach(() => {
    kit = new CareKit();
  });
  afterEach(() => kit.remove());

  it("find nothing where all is well", async () => {
    kit.configure({ gateway: { port: await freePort() } });
    kit.write("gateway.token", "token");
    const checks = [nodeCheck, configCheck, filesCheck, tlsCheck, gatewayCheck, portCheck, clockCheck, leftoversCheck];
    for (const check of checks) expect(told(await kit.run(check)), check.id).to.deep.equal([]);
  });

  describe("config", () => {
    it("tells every problem with its place and what to do", async () => {
      kit.configure('{\n  gateway: { prot: 1, bind: "mars" },\n}');
      const problems = await kit.run(configCheck);
      expect(problems.map(({ severity, subject }) => `${severity} ${subject}`)).to.have.members([
        "error gateway.prot",
        "error gateway.bind",
      ]);
      const misspelt = problems.find(({ subject }) => subject === "gateway.prot");
      expect(misspelt?.reason).to.contain("openclaw.json:2:");
      expect(misspelt?.fix).to.contain("did you mean gateway.port?");
    });

    it("warns of a variable that is not set", async () => {
      kit.configure({ models: { providers: { openai: { apiKey: "${NOT_SET}" } } } });
      expect(told(await kit.run(configCheck)).join()).to.contain("NOT_SET");
    });
  });

  describe("files", () => {
    it("calls a secret others can read an error when they can reach it, and a warning when they cannot", async () => {
      const path = kit.write("gateway.token", "token", 0o644);
      expect(told(await kit.run(filesCheck))).to.deep.equal([`warning ${path}: others can read it (mode 644)`]);
      const { chmodSync } = await import("node:fs");
      chmodSync(kit.stateDir, 0o755);
      expect(told(await kit.run(filesCheck))).to.deep.equal([
        `warning ${kit.stateDir}: others can read it (mode 755)`,
        `error ${path}: others can read it (mode 644)`,
      ]);
    });

    it("repairs modes, and keeps what may be run", async () => {
      const secret = kit.write(".env", "A=b", 0o664);
      const folder = join(kit.stateDir, "tls");
      mkdirSync(folder);
      const { chmodSync } = await import("node:fs");
      chmodSync(secret, 0o664);
      chmodSync(folder, 0o775);
      for (const { repair } of await kit.run(filesCheck)) await repair?.();
      expect([secret, folder].map((path) => statSync(path).mode & 0o777)).to.deep.equal([0o600, 0o700]);
      expect(await kit.run(filesCheck)).to.deep.equal([]);
    });

    it("leaves links, the workspace and locks alone", async () => {
      kit.write("workspace/notes.md", "", 0o644);
      kit.write("gateway.lock-journal", "", 0o644);
      symlinkSync("/etc/hostname", join(kit.stateDir, "link"));
      expect(told(await kit.run(filesCheck))).to.deep.equal([]);
    });
  });

  describe("port", () => {
    it("says who has it", async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const { port } = server.address() as { port: number };
      kit.configure({ gateway: { port } });
      const [problem] = await kit.run(portCheck);
      server.close();
      expect(problem).to.include({ severity: "error", subject: `port ${port}` });
      expect(problem?.reason).to.contain("has it");
      expect(problem?.fix).to.contain("choose another gateway.port");
    });

    it("says that the gateway listens elsewhere than its configuration says", async () => {
      kit.configure({ gateway: { port: 4_711 } });
      const owner = { pid: 1, startTimeMs: 0, url: "http://127.0.0.1:4712", verified: true };
      const [problem] = await kit.run(portCheck, { owner });
      expect(problem).to.include({ severity: "warning", subject: "http://127.0.0.1:4712" });
      expect(problem?.fix).to.contain("gateway restart");
    });

    it("is the usual one of https where the address names none", async () => {
      kit.configure({ gateway: { port: 443, tls: { enabled: true } } });
      const owner = { pid: 1, startTimeMs: 0, url: "https://127.0.0.1:443", verified: true };
      expect(await kit.run(portCheck, { owner })).to.deep.equal([]);
    });
  });

  describe("gateway", () => {
    it("finds the name a crash left behind, and removes it", async () => {
      const path = kit.write("gateway.lock.json", "{}");
      const [problem] = await kit.run(gatewayCheck);
      expect(problem).to.include({ severity: "info", subject: path });
      expect(await problem?.repair?.()).to.equal("removed");
      expect(existsSync(path)).to.equal(false);
    });

    it("does not remove it when a gateway has started meanwhile", async () => {
      kit.write("gateway.lock.json", "{}");
      const context = await kit.context();
      const [problem] = await gatewayCheck.run(context);
      const started = { pid: 1, startTimeMs: 0, url: undefined, verified: true };
      Object.assign(context.local, { owner: async () => started });
      const refused = await Promise.resolve(problem?.repair?.()).catch((error: Error) => error.message);
      expect(refused).to.contain("a gateway runs meanwhile");
    });
  });

  describe("tls", () => {
    const certificate = async (days: number) => {
      const made = await generate([{ name: "commonName", value: "localhost" }], {
        notBeforeDate: new Date(Date.now() - dayMs),
        notAfterDate: new Date(Date.now() + days * dayMs),
      });
      kit.write("cert.pem", made.cert);
      kit.write("key.pem", made.private);
      kit.configure({ gateway: { tls: { enabled: true, certPath: "cert.pem", keyPath: "key.pem" } } });
      return made;
    };

    it("is content with one that is good for long", async () => {
      await certificate(100);
      expect(told(await kit.run(tlsCheck))).to.deep.equal([]);
    });

    it("warns of one that ends soon, and calls one that has ended an error", async () => {
      await certificate(3);
      expect((await kit.run(tlsCheck))[0]?.severity).to.equal("warning");
      expect((await kit.run(tlsCheck, { nowMs: Date.now() + 4 * dayMs }))[0]?.severity).to.equal("error");
    });

    it("finds a key that is another certificate's", async () => {
      await certificate(100);
      const { private: other } = await generate([{ name: "commonName", value: "other" }]);
      kit.write("key.pem", other);
      expect(told(await kit.run(tlsCheck)).join()).to.contain("is not its key");
    });

    it("finds a certificate that is none", async () => {
      await certificate(100);
      kit.write("cert.pem", "not a certificate");
      expect((await kit.run(tlsCheck))[0]).to.include({ severity: "error" });
    });
  });

  it("clock: one before this program was made is wrong", async () => {
    expect((await kit.run(clockCheck, { nowMs: Date.UTC(2020, 0, 1) }))[0]).to.include({ severity: "error" });
  });

  it("disk: looks at the nearest folder when there is no state folder yet", async () => {
    kit.remove();
    for (const { severity } of await kit.run(diskCheck)) expect(severity).to.be.oneOf(["error", "warning"]);
  });

  describe("leftovers", () => {
    const old = new Date(Date.now() - 2 * hourMs);

    it("removes old drafts, and leaves new ones to whoever writes them", async () => {
      const stale = kit.write("openclaw.db.copy-7", "");
      const token = kit.write("gateway.token.partial-0123456789ab", "");
      for (const path of [stale, token]) utimesSync(path, old, old);
      const fresh = kit.write("boots.json.new", "");
      const problems = await kit.run(leftoversCheck);
      expect(problems.map(({ subject }) => subject)).to.have.members([stale, token]);
      for (const { repair } of problems) await repair?.();
      expect([stale, token, fresh].map((path) => existsSync(path))).to.deep.equal([false, false, true]);
    });

    it("are not looked for where others let nobody look", async function () {
      if (process.seteuid === undefined) this.skip();
      chmodSync(kit.home, 0o311);
      const user = process.geteuid?.() ?? 0;
      if (user === 0) {
        chownSync(kit.stateDir, 65_534, 65_534);
        process.seteuid(65_534);
      }
      try {
        expect(leftoversCheck.run({ local: { stateDir: kit.stateDir }, nowMs: Date.now() } as never)).to.deep.equal([]);
      } finally {
        process.seteuid(user);
        chmodSync(kit.home, 0o700);
      }
    });

    it("names what a restore moved aside, and does not touch it", async () => {
      const aside = `${kit.stateDir}.before-restore-then`;
      mkdirSync(aside);
      writeFileSync(join(aside, "mine"), "mine");
      const [problem] = await kit.run(leftoversCheck);
      expect(problem).to.include({ severity: "info", subject: aside }).and.not.to.have.property("repair");
      expect(readFileSync(join(aside, "mine"), "utf8")).to.equal("mine");
    });
  });
});
