/** Pages in a real browser that call the gateway from another origin: connect-web, and our own client. */

import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { type Browser, chromium, type Page } from "playwright-core";
import type { PageWindow, WebProtocol } from "./browser/page.ts";
import { PageServer } from "./browser/page-server.ts";
import { type Gateways, startGateways } from "./gateways.ts";
import { type Finding, type Findings, provesTheScenario, type Task, taskOf } from "./scenario.ts";
import { findProgram } from "./toolchain.ts";

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** Every name under .example is the page server: pages of other sites, without the network. */
const names = "--host-resolver-rules=MAP *.example 127.0.0.1";

declare const window: PageWindow;

describe("a page in Chromium", () => {
  let gateways: Gateways | undefined;
  let server: PageServer | undefined;
  let browser: Browser | undefined;

  before(async function () {
    this.timeout(60_000);
    const executablePath = await findProgram("chromium");
    if (executablePath === undefined) return this.skip();
    server = await PageServer.start();
    const allowedOrigins = [`http://allowed.example:${server.port}`];
    gateways = await startGateways({ gateway: { controlUi: { allowedOrigins } } });
    const trust = `--ignore-certificate-errors-spki-list=${await keyHash(gateways.tls.caFile)}`;
    browser = await chromium.launch({ executablePath, args: [...flags, ...quiet, names, trust] });
  });
  after(async () => {
    await browser?.close();
    await gateways?.stop();
    await server?.stop();
  });

  const open = async (host: string): Promise<Page> => {
    const page = await (browser as Browser).newPage();
    await page.goto(`http://${host}:${server?.port}/`);
    return page;
  };
  const play = async (protocol: WebProtocol, task: Task): Promise<Findings> => {
    const page = await open("127.0.0.1");
    const findings = await page.evaluate(([how, what]) => window.play(how, what), [protocol, task] as const);
    await page.close();
    return new Map(findings);
  };
  const reach = async (host: string, protocol: WebProtocol): Promise<string> => {
    const page = await open(host);
    const task = taskOf("unused", (gateways as Gateways).plain);
    const outcome = await page.evaluate(([how, what]) => window.reach(how, what), [protocol, task] as const);
    await page.close();
    return outcome;
  };
  const converse = async (host: string, session: string): Promise<Finding> => {
    const page = await open(host);
    const task = taskOf(session, (gateways as Gateways).plain);
    const finding = await page.evaluate((what) => window.converse(what), task);
    await page.close();
    return finding;
  };

  for (const protocol of ["connect", "grpcweb"] as const) {
    for (const over of ["plain", "tls"] as const) {
      const session = `${protocol}-${over}`;
      const way = `${protocol === "connect" ? "Connect in JSON with GET" : "gRPC-Web"}, over ${over === "tls" ? "TLS" : "HTTP/1.1"}`;
      describe(`with connect-web, ${way}`, () => {
        let findings: Findings;
        before(async function () {
          this.timeout(60_000);
          if (gateways) findings = await play(protocol, taskOf(session, gateways[over]));
        });
        provesTheScenario(() => findings, session);
      });
    }
  }

  for (const host of ["127.0.0.1", "allowed.example"]) {
    it(`follows a run and its events with our own client at ${host}`, async () => {
      const { answer } = taskOf("", { url: "http://none" });
      expect(await converse(host, `converse-${host}`)).deep.equal({
        version: "0.0.0-test",
        principal: "token",
        text: answer,
        succeeded: true,
        kinds: ["message", "run", "session"],
        signals: answer,
        failure: "NOT_FOUND",
      });
    });
  }

  for (const protocol of ["connect", "grpcweb"] as const) {
    it(`reaches the gateway by ${protocol} from loopback and from an allowed origin`, async () => {
      expect(await reach("localhost", protocol)).equal("OK");
      expect(await reach("allowed.example", protocol)).equal("OK");
    });

    it(`does not reach the gateway by ${protocol} from an origin nobody allowed`, async () => {
      expect(await reach("refused.example", protocol)).include("Failed to fetch");
    });
  }
});

/** SHA-256 of the public key of a certificate, as Chromium takes it. */
async function keyHash(pemFile: string): Promise<string> {
  const { publicKey } = new X509Certificate(await readFile(pemFile));
  const key = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}
