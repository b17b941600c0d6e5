import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { generate } from "selfsigned";
import { HttpFetch, type HttpFetchOptions } from "../../src/models/http-fetch.ts";

const hour = 3_600_000;

describe("HttpFetch", () => {
  let server: http.Server;
  let url = "";
  let answer: http.RequestListener = () => {};
  const clients: HttpFetch[] = [];

  beforeEach(async () => {
    server = http.createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/path`;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function client(options: Partial<HttpFetchOptions> = {}): HttpFetch {
    const made = new HttpFetch({ idleTimeoutMs: hour, maxBytes: 1_000_000, ...options });
    clients.push(made);
    return made;
  }

  async function thrown(work: Promise<unknown>): Promise<Error> {
    const outcome = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(outcome).to.be.instanceOf(Error);
    return outcome as Error;
  }

  it("sends method, headers and body, and gives status, headers and body back", async () => {
    answer = async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      response.writeHead(201, { "x-seen": `${request.method} ${request.url} ${request.headers["x-mine"]}` });
      response.end(`created ${body}`);
    };
    const response = await client().fetch(url, { method: "POST", headers: { "x-mine": "1" }, body: "hällo" });
    expect(response.status).to.equal(201);
    expect(response.headers.get("x-seen")).to.equal("POST /path 1");
    expect(await response.text()).to.equal("created hällo");
  });

  it("hands out the head before the body is there", async () => {
    answer = (_request, response) => response.flushHeaders();
    const response = await client().fetch(url);
    expect(response.status).to.equal(200);
    await response.body?.cancel();
  });

  it("hands a redirect to its caller", async () => {
    answer = (_request, response) => response.writeHead(302, { location: "http://127.0.0.1:9/" }).end();
    expect((await client().fetch(url)).status).to.equal(302);
  });

  it("takes an answer without a body", async () => {
    answer = (_request, response) => response.writeHead(204).end();
    expect((await client().fetch(url)).body).to.equal(null);
  });

  it("uses a connection again", async () => {
    const ports = new Set<number | undefined>();
    answer = (request, response) => {
      ports.add(request.socket.remotePort);
      response.end("ok");
    };
    const { fetch } = client();
    for (let count = 0; count < 4; count++) await (await fetch(url)).text();
    expect(ports.size).to.equal(1);
  });

  it("closes what waits for reuse when it is closed, and lets requests under way end", async () => {
    const closed: Promise<unknown>[] = [];
    answer = (request, response) => {
      closed.push(new Promise((resolve) => request.socket.once("close", resolve)));
      response.write("a");
      setTimeout(() => response.end("b"), 20);
    };
    const opened = client();
    await (await opened.fetch(url)).text();
    const [under, way] = await Promise.all([opened.fetch(url), opened.fetch(url)]);
    opened.close();
    expect(await under.text()).to.equal("ab");
    expect(await way.text()).to.equal("ab");
    await Promise.all(closed);
  });

  it("gives up a server that does not begin to answer", async () => {
    answer = () => {};
    const error = await thrown(client({ idleTimeoutMs: 50 }).fetch(url));
    expect(error).to.include({ name: "SilenceError", silentMs: 50 });
  });

  it("gives up a server that falls silent", async () => {
    answer = (_request, response) => response.write("a");
    const response = await client({ idleTimeoutMs: 400 }).fetch(url);
    expect(await thrown(response.text())).to.include({ name: "SilenceError" });
  });

  it("is patient with a server that keeps talking", async () => {
    answer = (_request, response) => {
      let count = 0;
      const timer = setInterval(() => {
        response.write("x");
        count += 1;
        if (count < 6) return;
        clearInterval(timer);
        response.end();
      }, 100);
    };
    const response = await client({ idleTimeoutMs: 400 }).fetch(url);
    expect(await response.text()).to.equal("xxxxxx");
  });

  it("does not take a reader's pause for silence", async () => {
    answer = (_request, response) => response.end("x".repeat(500_000));
    const response = await client({ idleTimeoutMs: 300 }).fetch(url);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await response.text()).length).to.equal(500_000);
  });

  it("makes the server wait for a slow reader", async () => {
    let written = 0;
    answer = (_request, response) => {
      const chunk = Buffer.alloc(65_536);
      const write = (): void => {
        while (written < 200_000_000) {
          written += chunk.length;
          if (!response.write(chunk)) return;
        }
      };
      response.on("drain", write);
      write();
    };
    const response = await client({ maxBytes: 1_000_000_000 }).fetch(url);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(written).to.be.lessThan(50_000_000);
    await response.body?.cancel();
  });

  it("refuses an answer that is too long", async () => {
    answer = (_request, response) => response.end("x".repeat(2_000));
    const response = await client({ maxBytes: 1_000 }).fetch(url);
    expect(await thrown(response.text())).to.include({ name: "AnswerTooLongError" });
  });

  it("rejects with the signal's reason before the answer", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    answer = () => abort.abort(reason);
    expect(await thrown(client().fetch(url, { signal: abort.signal }))).to.equal(reason);
    expect(await thrown(client().fetch(url, { signal: abort.signal }))).to.equal(reason);
  });

  it("breaks the body with the signal's reason", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    answer = (_request, response) => response.write("a");
    const response = await client().fetch(url, { signal: abort.signal });
    const reading = thrown(response.text());
    abort.abort(reason);
    expect(await reading).to.equal(reason);
  });

  it("closes the connection when the body is cancelled", async () => {
    const closed = new Promise((resolve) => {
      answer = (_request, response) => {
        response.on("close", () => resolve("closed"));
        response.write("a");
      };
    });
    const response = await client().fetch(url);
    await response.body?.cancel();
    expect(await closed).to.equal("closed");
  });

  it("breaks the body when the connection breaks", async () => {
    answer = (_request, response) => {
      response.write("a");
      setTimeout(() => response.destroy(), 20);
    };
    const response = await client().fetch(url);
    expect(await thrown(response.text())).to.include({ code: "ECONNRESET" });
  });

  it("rejects when nobody listens", async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await thrown(client().fetch(url))).to.include({ code: "ECONNREFUSED" });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  it("rejects a status that is none", async () => {
    answer = (_request, response) => {
      response.socket?.end("HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n");
    };
    await thrown(client().fetch(url));
  });

  it("rejects other protocols and bodies it cannot send", async () => {
    await thrown(client().fetch("ftp://127.0.0.1/"));
    await thrown(client().fetch(url, { method: "POST", body: new Uint8Array(1) }));
  });

  it("refuses a server whose certificate nobody vouches for", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }]);
    const secure = https.createServer({ key, cert }, (_request, response) => response.end("secret"));
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    const { port } = secure.address() as AddressInfo;
    const error = await thrown(client().fetch(`https://127.0.0.1:${port}/`));
    expect(error).to.include({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    await new Promise((resolve) => secure.close(resolve));
  });

  it("goes through a proxy when it is told one", async function () {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    if (major < 24 || (major === 24 && minor < 5)) this.skip();
    answer = (request, response) => response.end(`proxied ${request.url}`);
    const proxy = { HTTP_PROXY: new URL(url).origin };
    const response = await client({ proxy }).fetch("http://models.invalid/v1/chat");
    expect(await response.text()).to.equal("proxied http://models.invalid/v1/chat");
  });
});
