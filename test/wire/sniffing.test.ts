import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { frame, frameTypes, headerBlock, preface } from "../support/http2-frames.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

const get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/** A whole HTTP/2 connection with one GET of /healthz. */
const http2Get = Buffer.concat([
  preface,
  frame(frameTypes.settings, 0, 0),
  frame(
    frameTypes.headers,
    0x5,
    1,
    headerBlock({ ":method": "GET", ":scheme": "http", ":path": "/healthz", ":authority": "localhost" }),
  ),
]);

describe("one port for HTTP/1.1 and HTTP/2", () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
  });

  after(() => server.stop());

  /** Writes the pieces one after the other, each in a packet of its own. */
  async function send(pieces: Iterable<string | Uint8Array>, { port } = server): Promise<RawConnection> {
    const connection = await RawConnection.open(port);
    connection.socket.setNoDelay(true);
    for (const piece of pieces) {
      connection.write(piece);
      await sleep(1);
    }
    return connection;
  }

  it("understands HTTP/1.1 that arrives byte by byte", async () => {
    const connection = await send(get);
    expect(await connection.until(/live/)).to.match(/^HTTP\/1\.1 200 OK/);
    connection.socket.destroy();
  });

  it("understands HTTP/2 that arrives byte by byte", async () => {
    const connection = await send(Array.from(http2Get, (byte) => Uint8Array.of(byte)));
    await connection.until(/live/);
    connection.socket.destroy();
  });

  for (const at of [1, 3, 4, 15, 16, 23, 24, 25, 33, 40]) {
    it(`understands HTTP/2 that is cut after ${at} bytes`, async () => {
      const connection = await send([http2Get.subarray(0, at), http2Get.subarray(at)]);
      await connection.until(/live/);
      connection.socket.destroy();
    });
  }

  it("understands both in one packet", async () => {
    const http1 = await send([get]);
    expect(await http1.until(/live/)).to.match(/^HTTP\/1\.1 200/);
    const http2 = await send([http2Get]);
    await http2.until(/live/);
    http1.socket.destroy();
    http2.socket.destroy();
  });

  it("serves requests that follow each other on one connection, also those sent at once", async () => {
    const connection = await send([get + get, get]);
    await connection.until(/(live.*){3}/s);
    connection.socket.destroy();
  });

  it("takes a method that begins like the HTTP/2 preface for HTTP/1.1", async () => {
    // Whoever is not refused at once is when its headers took too long.
    const hurried = await startTestServer({ limits: { times: { headersMs: 500 } } });
    for (const method of ["P", "PRI", "PRIVATE", "PRI * HTTP/1.1"]) {
      const connection = await send([`${method}\r\n\r\n`], hurried);
      expect(await connection.untilClosed(), method).to.match(/^HTTP\/1\.1 4\d\d/);
    }
    await hurried.stop();
  });

  it("serves a client that asks to upgrade to HTTP/2 or WebSocket as HTTP/1.1", async () => {
    for (const upgrade of ["h2c", "websocket"]) {
      const headers = `Connection: Upgrade, HTTP2-Settings\r\nUpgrade: ${upgrade}\r\nHTTP2-Settings: AAMAAABk\r\n`;
      const connection = await send([`GET /healthz HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`]);
      expect(await connection.until(/live/), upgrade).to.match(/^HTTP\/1\.1 200/);
      connection.socket.destroy();
    }
  });

  it("serves a client that closes its half of the connection after the request", async () => {
    const connection = await RawConnection.open(server.port);
    connection.socket.end(get);
    expect(await connection.untilClosed()).to.include("live");
  });

  it("forgets connections that closed before they said what they speak", async () => {
    for (const bytes of ["", "P", "PRI * HTTP/2.0\r\n"]) {
      const connection = await RawConnection.open(server.port);
      connection.socket.end(bytes);
      await connection.closed;
    }
    expect(server.server.clients()).to.deep.equal([]);
  });
});
