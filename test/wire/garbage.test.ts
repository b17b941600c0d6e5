import { randomBytes } from "node:crypto";
import { connect as connectHttp2, constants } from "node:http2";
import { createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { frame, frameTypes, headerBlock, preface } from "../support/http2-frames.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { SeededRandom } from "../support/seeded-random.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { wires } from "../support/wires.ts";

const settings = frame(frameTypes.settings, 0, 0);
const get = headerBlock({ ":method": "GET", ":scheme": "http", ":path": "/healthz", ":authority": "localhost" });

describe("a port under abuse", () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer({ limits: { times: { firstByteMs: 500, headersMs: 500 } } });
  });

  /** Whatever happened, the next caller is served over every protocol. */
  afterEach(async () => {
    for (const wire of wires) {
      const { cursor } = await createClient(GatewayService, wire.transport({ baseUrl: server.url })).getGateway({});
      expect(cursor, wire.name).to.equal("head");
    }
    await server.stop();
  });

  /** Sends bytes and waits until the server hangs up. */
  async function until(bytes: Uint8Array | string): Promise<string> {
    const connection = await RawConnection.open(server.port);
    connection.write(bytes);
    return connection.untilClosed();
  }

  const nonsense: [string, Uint8Array | string][] = [
    ["zero bytes", new Uint8Array(1_000)],
    ["a line without end", "A".repeat(100_000)],
    ["a TLS handshake", Buffer.from("16030100050100000100", "hex")],
    ["an SSH greeting", "SSH-2.0-OpenSSH_9.7\r\n"],
    ["a broken request line", "GET\r\n\r\n"],
    ["an unknown HTTP version", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"],
    ["a space before a colon", "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n"],
    ["two lengths", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    [
      "length and chunks",
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["a negative length", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"],
    ["a broken chunk", "POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["a header with a line break", "GET / HTTP/1.1\r\nHost: localhost\r\nA: b\rc\r\n\r\n"],
    ["too many header bytes", `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${"x".repeat(40_000)}\r\n\r\n`],
    ["a CONNECT", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n"],
  ];
  for (const [name, bytes] of nonsense) {
    it(`hangs up on ${name}`, async () => {
      expect(await until(bytes)).to.match(/^$|^HTTP\/1\.1 4\d\d/);
    });
  }

  it("survives random bytes", async () => {
    const random = new SeededRandom(20261122);
    for (let i = 0; i < 60; i += 1) {
      const connection = await RawConnection.open(server.port);
      const bytes = Buffer.from(Array.from({ length: random.between(1, 400) }, () => random.between(0, 255)));
      connection.socket.end(i % 2 === 0 ? bytes : Buffer.concat([preface, settings, bytes]));
      await connection.closed;
    }
  });

  it("survives header names and values nobody expects", async () => {
    for (const header of [
      "__proto__: x",
      "constructor: x",
      "content-type: \u00ff",
      "origin: \t",
      "connect-timeout-ms: x",
    ]) {
      const request = "POST /openclaw.gateway.v1.GatewayService/GetGateway HTTP/1.1\r\nHost: localhost\r\n";
      const answer = await until(
        Buffer.from(`${request}${header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`, "latin1"),
      );
      expect(answer, header).to.match(/^HTTP\/1\.1 [245]\d\d/);
    }
  });

  const brokenHttp2: [string, Uint8Array][] = [
    ["a frame beyond the largest size", Buffer.concat([frame(frameTypes.data, 0, 1), Buffer.from([0xff, 0xff, 0xff])])],
    ["data on stream 0", frame(frameTypes.data, 0, 0, Buffer.from("x"))],
    ["headers on an even stream", frame(frameTypes.headers, 5, 2, get)],
    [
      "a broken header block",
      frame(frameTypes.headers, 5, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
    ],
    ["settings of a wrong length", frame(frameTypes.settings, 0, 0, Buffer.from("12345"))],
    ["a ping of a wrong length", frame(frameTypes.ping, 0, 0, Buffer.from("1"))],
    ["a continuation of nothing", frame(frameTypes.continuation, 4, 1, get)],
    ["a window that overflows", frame(frameTypes.windowUpdate, 0, 0, Buffer.from([0x7f, 0xff, 0xff, 0xff]))],
  ];
  for (const [name, bytes] of brokenHttp2) {
    it(`ends an HTTP/2 connection with ${name}`, async () => {
      await until(Buffer.concat([preface, settings, bytes, bytes]));
    });
  }

  it("ends an HTTP/2 connection whose header block never ends", async () => {
    const connection = await RawConnection.open(server.port);
    connection.write(Buffer.concat([preface, settings, frame(frameTypes.headers, 1, 1, get)]));
    const more = frame(frameTypes.continuation, 0, 1, headerBlock({ "x-filler": "y".repeat(100) }));
    const flood = setInterval(() => connection.write(Buffer.concat(Array.from({ length: 200 }, () => more))), 1);
    await connection.closed;
    clearInterval(flood);
  });

  for (const path of ["/healthz", "/openclaw.gateway.v1.GatewayService/GetGateway"]) {
    it(`refuses HTTP/2 headers of ${path} beyond the limit`, async () => {
      const session = connectHttp2(server.url);
      session.on("error", () => {});
      const headers = Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`x-${i}`, randomBytes(512).toString("hex")]),
      );
      const type = { "content-type": "application/json" };
      const stream = session.request({ ":method": "POST", ":path": path, ...type, ...headers });
      const outcome = await new Promise((resolve) => {
        stream.once("response", ({ ":status": status }) => resolve(status));
        stream.once("error", () => resolve("reset"));
        stream.once("close", () => resolve("reset"));
      });
      expect(outcome).to.be.oneOf(["reset", 431, 429]);
      session.destroy();
    });
  }

  it("ends an HTTP/2 connection that opens streams only to reset them", async () => {
    const connection = await RawConnection.open(server.port);
    connection.write(Buffer.concat([preface, settings]));
    const reset = Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL]);
    let stream = 1;
    const flood = setInterval(() => {
      for (let i = 0; i < 400; i += 1, stream += 2) {
        connection.write(frame(frameTypes.headers, 5, stream, get));
        connection.write(frame(frameTypes.rstStream, 0, stream, reset));
      }
    }, 1);
    await connection.closed;
    clearInterval(flood);
  });

  it("ends an HTTP/2 connection that sends settings without end", async () => {
    const connection = await RawConnection.open(server.port);
    connection.socket.pause();
    connection.write(preface);
    const many = Buffer.concat(Array.from({ length: 5_000 }, () => settings));
    const flood = setInterval(() => connection.write(many), 1);
    connection.socket.once("error", () => clearInterval(flood));
    await new Promise((resolve) => connection.socket.once("error", resolve).once("close", resolve));
    clearInterval(flood);
    connection.socket.destroy();
  });

  it("lets nothing of a call that was reset behind", async () => {
    const session = connectHttp2(server.url);
    const path = "/openclaw.gateway.v1.EventService/WatchEvents";
    for (let i = 0; i < 50; i += 1) {
      const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc" });
      stream.on("error", () => {});
      stream.end(Buffer.alloc(5));
      if (i % 2 === 0) await new Promise((resolve) => stream.once("data", resolve));
      stream.close(constants.NGHTTP2_CANCEL);
    }
    while (server.server.clients()[0]?.openCalls !== 0) await new Promise((resolve) => setTimeout(resolve, 2));
    session.destroy();
  });
});
