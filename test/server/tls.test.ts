import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { loadCertificate, type TlsCertificate } from "../../src/server/tls-certificate.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { failureOf, wires } from "../support/wires.ts";

const run = promisify(execFile);

describe("the port with TLS", () => {
  let folder: string;
  let certificate: TlsCertificate;
  let server: TestServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tls-"));
    certificate = await loadCertificate({ kind: "generated", folder }, systemClock);
  });

  after(() => rm(folder, { recursive: true }));

  beforeEach(async () => {
    server = await startTestServer({ tls: certificate, limits: { times: { firstByteMs: 800 } } });
  });

  afterEach(() => server.stop());

  for (const wire of wires) {
    it(`serves ${wire.name}, unary calls and streams`, async () => {
      const transport = wire.transport({ baseUrl: server.url, nodeOptions: { ca: certificate.cert } });
      expect((await createClient(GatewayService, transport).getGateway({})).cursor).to.equal("head");
      const stream = createClient(EventService, transport).watchEvents({})[Symbol.asyncIterator]();
      expect((await stream.next()).done).to.equal(false);
      const told = failureOf(stream.next());
      await server.stop(60_000);
      expect((await told).reasons).to.deep.equal(["DRAINING"]);
    });
  }

  function handshake(alpn: string[]): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const options = { port: server.port, host: "127.0.0.1", servername: "localhost", ca: certificate.cert };
      const socket = connectTls({ ...options, ALPNProtocols: alpn }, () => resolve(socket));
      socket.once("error", reject);
    });
  }

  it("agrees on HTTP/2 or HTTP/1.1 with the client, and takes no other protocol", async () => {
    const chosen = [];
    for (const alpn of [["h2", "http/1.1"], ["http/1.1"], []]) {
      const socket = await handshake(alpn);
      chosen.push(socket.alpnProtocol);
      socket.destroy();
    }
    expect(chosen).to.deep.equal(["h2", "http/1.1", false]);
    const error = await handshake(["spdy/3"]).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(Error);
  });

  it("tells a plain HTTP client to use https, and hangs up", async () => {
    const connection = await RawConnection.open(server.port);
    connection.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(await connection.untilClosed()).to.match(/^HTTP\/1\.1 400 .*use https:\/\//s);
  });

  it("hangs up on plain HTTP/2, on a broken handshake and on silence", async () => {
    for (const bytes of ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x00\x05hello", "\x16", ""]) {
      const connection = await RawConnection.open(server.port);
      if (bytes !== "") connection.write(Buffer.from(bytes, "latin1"));
      await connection.closed;
    }
    expect((await fetchHealth()).ok).to.equal(true);
  });

  it("serves a handshake that arrives byte by byte", async () => {
    const relay = await RawConnection.open(server.port);
    const socket = connectTls({ socket: slowly(relay), servername: "localhost", ca: certificate.cert });
    await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    socket.destroy();
  });

  it("is trusted by curl, given its certificate", async function () {
    const args = ["-sS", "--cacert", join(folder, "cert.pem"), `https://localhost:${server.port}/healthz`];
    const answer = await run("curl", args).catch((error) => error);
    if (answer.code === "ENOENT") this.skip();
    expect(JSON.parse(answer.stdout)).to.include({ ok: true });
  });

  async function fetchHealth(): Promise<{ ok: boolean }> {
    const socket = await handshake(["http/1.1"]);
    socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk);
    return { ok: Buffer.concat(chunks).toString().includes("live") };
  }

  /** The raw connection's socket, writing every byte on its own. */
  function slowly({ socket }: RawConnection): RawConnection["socket"] {
    socket.setNoDelay(true);
    const write = socket.write.bind(socket);
    socket.write = ((data: Uint8Array, ...rest: unknown[]) => {
      for (const byte of data.subarray(0, -1)) write(Uint8Array.of(byte));
      return (write as (...all: unknown[]) => boolean)(data.subarray(-1), ...rest);
    }) as typeof socket.write;
    return socket;
  }
});
