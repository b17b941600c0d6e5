import { connect as connectHttp2 } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { frame, frameTypes, headerBlock, preface } from "../support/http2-frames.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

const getGateway = "/openclaw.gateway.v1.GatewayService/GetGateway";
const settings = frame(frameTypes.settings, 0, 0);

describe("slow and silent peers", () => {
  let server: TestServer;

  beforeEach(async () => {
    // What a peer is to be in time for is long enough for a busy machine.
    const times = { firstByteMs: 400, headersMs: 60, requestMs: 120, keepAliveMs: 60, unaryMs: 60_000 };
    server = await startTestServer({ limits: { times: { ...times, pingIntervalMs: 40, pingGraceMs: 400 } } });
  });

  afterEach(() => server.stop());

  it("are disconnected when they say nothing", async () => {
    const connection = await RawConnection.open(server.port);
    expect(await connection.untilClosed()).to.equal("");
  });

  for (const start of ["P", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r"]) {
    it(`are disconnected when they stop after ${JSON.stringify(start)}`, async () => {
      const connection = await RawConnection.open(server.port);
      connection.write(start);
      expect(await connection.untilClosed()).to.equal("");
    });
  }

  it("are disconnected when their headers take too long, however steadily they come", async () => {
    const connection = await RawConnection.open(server.port);
    connection.write(`POST ${getGateway} HTTP/1.1\r\nHost: localhost\r\n`);
    const drip = setInterval(() => connection.write("X-A: b\r\n"), 5);
    const answer = await connection.untilClosed();
    clearInterval(drip);
    expect(answer).to.match(/^$|^HTTP\/1\.1 408/);
  });

  it("are disconnected when their body takes too long, however steadily it comes", async () => {
    const connection = await RawConnection.open(server.port);
    connection.write(`POST ${getGateway} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`);
    connection.write("Content-Length: 100000\r\n\r\n");
    const drip = setInterval(() => connection.write(" "), 5);
    const answer = await connection.untilClosed();
    clearInterval(drip);
    expect(answer).to.match(/^$|^HTTP\/1\.1 408/);
  });

  it("are disconnected when they keep an HTTP/1.1 connection without using it", async () => {
    const connection = await RawConnection.open(server.port);
    connection.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(await connection.untilClosed()).to.include("live");
  });

  it("are disconnected when they answer no HTTP/2 PING", async () => {
    const connection = await RawConnection.open(server.port);
    connection.write(Buffer.concat([preface, settings]));
    await connection.closed;
    const types = frameTypesIn(connection.received);
    expect(types).to.include(frameTypes.ping);
  });

  it("keep an HTTP/2 connection as long as they answer PINGs", async () => {
    const session = connectHttp2(server.url);
    let pings = 0;
    const pinged = new Promise<void>((resolve) => {
      session.on("ping", () => {
        pings += 1;
        if (pings === 15) resolve();
      });
    });
    await pinged;
    const stream = session.request({ ":path": "/healthz" });
    const status = await new Promise((resolve) => stream.once("response", (headers) => resolve(headers[":status"])));
    expect(status).to.equal(200);
    session.destroy();
  });

  it("lose the streams they hold when they vanish", async () => {
    const connection = await RawConnection.open(server.port);
    const block = headerBlock({
      ":method": "POST",
      ":scheme": "http",
      ":path": "/openclaw.gateway.v1.EventService/WatchEvents",
      ":authority": "localhost",
      "content-type": "application/grpc",
    });
    const data = frame(frameTypes.data, 1, 1, Buffer.alloc(5));
    connection.write(Buffer.concat([preface, settings, frame(frameTypes.headers, 4, 1, block), data]));
    await connection.until(/head/);
    expect(server.server.clients()[0]?.openCalls).to.equal(1);
    await connection.closed;
    while (server.server.clients().length > 0) await sleep(2);
  });

  it("do not make the server hold what they do not read", async () => {
    const big = "x".repeat(64 * 1024);
    let sent = 0;
    const watchEvents = async function* (_: unknown, { signal }: { signal: AbortSignal }) {
      for (; !signal.aborted; sent += 1) yield { frame: { case: "bookmark" as const, value: { cursor: big } } };
    };
    const patient = await startTestServer({}, { events: { watchEvents } });
    const connection = await RawConnection.open(patient.port);
    connection.socket.pause();
    connection.write("POST /openclaw.gateway.v1.EventService/WatchEvents HTTP/1.1\r\nHost: localhost\r\n");
    connection.write("Content-Type: application/connect+json\r\nContent-Length: 7\r\n\r\n\0\0\0\0\x02{}");
    // The kernel's buffers take some; then the generator must rest.
    let before = -1;
    while (sent === 0 || sent !== before) {
      before = sent;
      await sleep(100);
    }
    expect(sent).to.be.below(1_000);
    connection.socket.destroy();
    await patient.stop();
  });
});

/** Types of the frames in what a server sent. */
function frameTypesIn(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) types.push(bytes.readUInt8(at + 3));
  return types;
}
