import { timestampMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { startTestServer, type TestServer, testToken } from "../support/test-server.ts";
import { until } from "../support/until.ts";
import { wires } from "../support/wires.ts";

describe("the list of clients", () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer({ auth: { mode: "token", secret: testToken } });
  });

  afterEach(() => server.stop());

  const authorization = `Bearer ${testToken}`;

  for (const wire of wires) {
    it(`tells who is connected over ${wire.name} and how many calls are open`, async () => {
      const transport = wire.transport({ baseUrl: server.url, authorization });
      const stop = new AbortController();
      const headers = { "user-agent": "test/1.0" };
      const stream = createClient(EventService, transport).watchEvents({}, { signal: stop.signal, headers });
      await stream[Symbol.asyncIterator]().next();
      const [client, ...more] = server.server.clients();
      expect(more).to.deep.equal([]);
      expect(client).to.include({
        principal: "token",
        openCalls: 1,
        protocol: wire.http === "2" ? "HTTP/2" : "HTTP/1.1",
      });
      expect(client?.remoteAddress).to.match(/^127\.0\.0\.1:\d+$/);
      expect(client?.userAgent).to.include("test/1.0");
      expect(timestampMs(client!.connectTime!)).to.be.closeTo(Date.now(), 60_000);
      stop.abort();
      while (server.server.clients()[0]?.openCalls === 1) await new Promise((resolve) => setTimeout(resolve, 2));
    });
  }

  it("names nobody before the first authenticated call", async () => {
    const connection = await RawConnection.open(server.port);
    connection.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await connection.until(/live/);
    expect(server.server.clients()).to.have.length(1);
    expect(server.server.clients()[0]).to.include({ principal: "", userAgent: "", openCalls: 0, protocol: "HTTP/1.1" });
    connection.socket.destroy();
  });

  it("is in the order the connections were opened, and forgets those that closed", async () => {
    const open = [];
    for (let i = 0; i < 3; i += 1) {
      const connection = await RawConnection.open(server.port);
      connection.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await connection.until(/live/);
      open.push(connection);
    }
    const ports = () => server.server.clients().map(({ remoteAddress }) => Number(remoteAddress.split(":").at(-1)));
    const expected = open.map(({ socket }) => socket.localPort);
    expect(ports()).to.deep.equal(expected);
    open[1]?.socket.destroy();
    while (ports().length === 3) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(ports()).to.deep.equal([expected[0], expected[2]]);
    for (const { socket } of open) socket.destroy();
  });

  it("holds one entry for many calls on one HTTP/2 connection", async () => {
    const wire = wires.find(({ name }) => name === "gRPC over HTTP/2")!;
    const client = createClient(GatewayService, wire.transport({ baseUrl: server.url, authorization }));
    await Promise.all(Array.from({ length: 20 }, () => client.getGateway({})));
    expect(server.server.clients()).to.have.length(1);
    await until(() => server.server.clients()[0]?.openCalls === 0, "all calls are over");
  });
});
