/** Files are fetched from hosts that are known, and what failed early is told apart. */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { download, isOn } from "../../../src/lib/web/download.ts";
import { neverLeft } from "../../../src/lib/web/never-left.ts";

describe("files from known hosts", function () {
  this.timeout(60_000);
  let server: Server;
  let origin: string;
  const asked: string[] = [];

  beforeEach(async () => {
    asked.length = 0;
    server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization ?? ""}`);
      const [, what, where = ""] = (request.url ?? "").split("/").map(decodeURIComponent);
      if (what === "to") response.writeHead(302, { location: where }).end();
      else if (what === "round") response.writeHead(302, { location: "/round" }).end();
      else if (what === "gone") response.writeHead(404).end("nothing");
      else if (what === "cut")
        response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
      else response.end("bytes");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  async function read(address: string): Promise<string> {
    const parts: Uint8Array[] = [];
    const isAllowed = (url: URL): boolean => isOn(url, ["files.example.org"], origin);
    const options = { isAllowed, headers: { authorization: "Bearer secret" }, signal: new AbortController().signal };
    for await (const part of download(address, options)) parts.push(part);
    return Buffer.concat(parts).toString();
  }
  const failureOf = (work: Promise<unknown>): Promise<string> => work.then(() => "", String);

  it("are read, with what was given to show", async () => {
    expect(await read(`${origin}/file`)).to.equal("bytes");
    expect(asked).to.deep.equal(["/file Bearer secret"]);
  });

  it("are read where their host leads to, when that is known as well", async () => {
    expect(await read(`${origin}/to/${encodeURIComponent(`${origin}/file`)}`)).to.equal("bytes");
  });

  it("are not read where their host leads to otherwise, and nothing is shown there", async () => {
    const elsewhere = origin.replace("127.0.0.1", "localhost");
    const message = await failureOf(read(`${origin}/to/${encodeURIComponent(`${elsewhere}/file`)}`));
    expect(message).to.contain("files are not fetched from localhost");
    expect(asked).to.have.length(1);
  });

  it("that lead from one address to another are given up", async () => {
    expect(await failureOf(read(`${origin}/round`))).to.contain("leads from one address to another");
    expect(asked).to.have.length(4);
  });

  it("that are not there, or break off, fail", async () => {
    expect(await failureOf(read(`${origin}/gone`))).to.contain("answered 404");
    expect(await failureOf(read(`${origin}/cut`))).not.to.equal("");
  });

  it("are on a known host only by https and by its whole name", () => {
    const on = (address: string): boolean => isOn(new URL(address), ["files.example.org"], "http://127.0.0.1:1");
    expect(on("https://files.example.org/a")).to.equal(true);
    for (const address of [
      "http://files.example.org/a",
      "https://files.example.org:8443/a",
      "https://files.example.org.evil.test/a",
      "https://evil.test/files.example.org",
      "https://files.example.org@evil.test/a",
      "file:///etc/passwd",
      "http://127.0.0.1:2/a",
    ]) {
      expect(on(address), address).to.equal(false);
    }
  });
});

describe("a request that failed", () => {
  it("never left when nobody was there or the name is nobody's", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, "close");
    const error = await fetch(`http://127.0.0.1:${port}`).catch((failure: unknown) => failure);
    expect(neverLeft(error)).to.equal(true);
  });

  it("may have arrived when the line broke afterwards", async () => {
    const server = createServer((request) => request.socket.resetAndDestroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const error = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: "x" }).catch(
      (failure: unknown) => failure,
    );
    expect(neverLeft(error)).to.equal(false);
    server.close();
    await once(server, "close");
  });

  it("may have arrived when nothing is known of it", () => {
    expect(neverLeft(new Error("what"))).to.equal(false);
    expect(neverLeft("what")).to.equal(false);
  });
});
