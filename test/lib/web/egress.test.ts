/** Requests to addresses somebody else chose. */

import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import net, { type AddressInfo } from "node:net";
import { expect } from "chai";
import {
  type EgressAnswer,
  EgressFailedError,
  EgressRefusedError,
  reach,
  sendOut,
} from "../../../src/lib/web/egress.ts";

describe("a request that goes out", () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  async function listen(answer: RequestListener): Promise<string> {
    const server = createServer(answer).listen(0, "127.0.0.1");
    closing.push(
      () => server.close(),
      () => server.closeAllConnections(),
    );
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  function send(url: string, allowPrivate: boolean): Promise<EgressAnswer> {
    const body = Buffer.from("hello");
    const request = { method: "POST", headers: { "x-a": "b" }, body, maxAnswerBytes: 100 };
    return sendOut(new URL(url), { ...request, signal: AbortSignal.timeout(10_000) }, { allowPrivate });
  }

  async function problemOf(work: Promise<unknown>): Promise<Error> {
    return work.then(
      () => expect.fail("it went out"),
      (error: Error) => error,
    );
  }

  it("brings the answer", async () => {
    const url = await listen(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      response.writeHead(201, { "x-c": "d" }).end(`${request.method} ${request.headers["x-a"]} ${text}`);
    });
    const { status, headers, body } = await send(url, true);
    expect([status, headers["x-c"], body.toString()]).to.deep.equal([201, "d", "POST b hello"]);
  });

  it("does not leave for private addresses, however they are written", async () => {
    let asked = 0;
    const { port } = new URL(
      await listen((_, response) => {
        asked += 1;
        response.end();
      }),
    );
    const hosts = ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0"];
    for (const host of hosts) {
      expect(await problemOf(send(`http://${host}:${port}/`, false)), host).to.be.instanceOf(EgressRefusedError);
    }
    expect(asked).to.equal(0);
  });

  it("never leaves for metadata services", async () => {
    for (const host of ["169.254.169.254", "[::ffff:169.254.169.254]", "[fd00:ec2::254]"]) {
      expect(await problemOf(send(`http://${host}/`, true)), host).to.be.instanceOf(EgressRefusedError);
    }
  });

  it("leaves over http and https alone", async () => {
    expect(await problemOf(send("ftp://1.1.1.1/", true))).to.be.instanceOf(EgressRefusedError);
  });

  it("follows a redirect that keeps the body, and checks where it leads", async () => {
    const end = await listen((_, response) => response.end("the end"));
    const first = await listen((_, response) => response.writeHead(307, { location: end }).end());
    expect((await send(first, true)).body.toString()).to.equal("the end");
    const bad = await listen((_, response) => response.writeHead(308, { location: "http://169.254.169.254/" }).end());
    expect(await problemOf(send(bad, true))).to.be.instanceOf(EgressRefusedError);
  });

  it("ends at redirects in a circle, and at those that would drop the body", async () => {
    const circle = await listen((_, response) => response.writeHead(307, { location: "/" }).end());
    expect((await problemOf(send(circle, true))).message).to.contain("redirects");
    const dropping = await listen((_, response) => response.writeHead(302, { location: "/" }).end());
    expect((await send(dropping, true)).status).to.equal(302);
  });

  it("brings no words of an answer that is too long", async () => {
    const url = await listen((_, response) => response.end("x".repeat(101)));
    expect(await send(url, true)).to.deep.include({ status: 200, body: Buffer.alloc(0) });
  });

  it("says whether it can have left when there is no answer", async () => {
    const cutting = await listen((request) => request.socket.resetAndDestroy());
    const cut = await problemOf(send(cutting, true));
    expect(cut).to.be.instanceOf(EgressFailedError).and.to.include({ sent: true });
    const free = net.createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, "close");
    const refused = await problemOf(send(`http://127.0.0.1:${port}/`, true));
    expect(refused).to.be.instanceOf(EgressFailedError).and.to.include({ sent: false });
  });

  it("can be preceded by a look whether somebody is there", async () => {
    const url = new URL(await listen((_, response) => response.end()));
    await reach(url, { allowPrivate: true }, AbortSignal.timeout(10_000));
    const refused = await problemOf(reach(url, { allowPrivate: false }, AbortSignal.timeout(10_000)));
    expect(refused).to.be.instanceOf(EgressRefusedError);
  });
});
