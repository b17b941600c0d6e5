import { execFile } from "node:child_process";
import { connect as connectHttp2 } from "node:http2";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { promisify } from "node:util";
import { Code, createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { ListenError } from "../../src/server/port/listeners.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { startTestServer, type TestHandlers, type TestServer } from "../support/test-server.ts";
import { failureOf, wires } from "../support/wires.ts";

/** Far longer than any of these stops takes: a stop that only its grace ends shows in the suite's timeout. */
const longGraceMs = 60_000;

describe("starting and stopping the server", () => {
  let server: TestServer;

  async function start(handlers: TestHandlers = {}): Promise<string> {
    server = await startTestServer({}, handlers);
    return server.url;
  }

  afterEach(() => server.stop(0));

  for (const wire of wires) {
    it(`ends a stream over ${wire.name} with DRAINING and the wish to come back`, async () => {
      const transport = wire.transport({ baseUrl: await start() });
      const stream = createClient(EventService, transport).watchEvents({})[Symbol.asyncIterator]();
      await stream.next();
      const told = failureOf(stream.next());
      await server.stop(longGraceMs);
      expect(await told).to.deep.include({ code: Code.Unavailable, reasons: ["DRAINING"], retrySeconds: 1 });
      expect(server.server.clients()).to.deep.equal([]);
    });

    it(`answers a unary call in flight over ${wire.name}`, async () => {
      let answer = (): void => {};
      let arrived = (): void => {};
      const isIn = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const getGateway = () =>
        new Promise<{ cursor: string }>((resolve) => {
          answer = () => resolve({ cursor: "late" });
          arrived();
        });
      const transport = wire.transport({ baseUrl: await start({ gateway: { getGateway } }) });
      const call = createClient(GatewayService, transport).getGateway({});
      await isIn;
      const stopped = server.stop(longGraceMs);
      setTimeout(() => answer(), 150);
      expect((await call).cursor).to.equal("late");
      await stopped;
    });

    it(`does not wait for a client of ${wire.name} that stopped reading`, async () => {
      const transport = wire.transport({ baseUrl: await start() });
      const stream = createClient(EventService, transport).watchEvents({})[Symbol.asyncIterator]();
      await stream.next();
      await server.stop(longGraceMs);
    });
  }

  it("cuts what is left when the grace is over", async () => {
    const getGateway = () => new Promise<never>(() => {});
    const [wire] = wires;
    const transport = wire!.transport({ baseUrl: await start({ gateway: { getGateway } }) });
    const call = failureOf(createClient(GatewayService, transport).getGateway({}));
    while (server.server.clients()[0]?.openCalls !== 1) await new Promise((resolve) => setTimeout(resolve, 2));
    await server.stop(100);
    expect((await call).code).to.be.oneOf([Code.Unavailable, Code.Aborted, Code.Unknown, Code.Internal]);
  });

  it("closes idle and silent connections at once", async () => {
    server = await startTestServer({ limits: { times: { firstByteMs: longGraceMs } } });
    const silent = await RawConnection.open(server.port);
    const idle = await RawConnection.open(server.port);
    idle.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await idle.until(/live/);
    const http2 = connectHttp2(server.url);
    await new Promise((resolve) => http2.once("remoteSettings", resolve));
    const goneAway = new Promise((resolve) => http2.once("goaway", resolve));
    await server.stop(longGraceMs);
    expect(await goneAway).to.equal(0);
    await Promise.all([idle.closed, silent.closed]);
  });

  it("accepts nothing any more", async () => {
    await start();
    await server.stop(longGraceMs);
    const refused = await RawConnection.open(server.port).catch((error) => error.code);
    expect(refused).to.equal("ECONNREFUSED");
  });

  it("is the same stop for everybody who asks for it", async () => {
    await start();
    await Promise.all([server.stop(longGraceMs), server.stop(0), server.stop(longGraceMs)]);
  });

  it("refuses calls that come on open connections while it stops", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const watchEvents = async function* () {
      yield {};
      await held;
    };
    await start({ events: { watchEvents } });
    const watch = await RawConnection.open(server.port);
    watch.write("POST /openclaw.gateway.v1.EventService/WatchEvents HTTP/1.1\r\nHost: localhost\r\n");
    watch.write("Content-Type: application/connect+json\r\nContent-Length: 7\r\n\r\n\0\0\0\0\x02{}");
    await watch.until(/200 OK/);
    const other = await RawConnection.open(server.port);
    other.write("POST /openclaw.gateway.v1.GatewayService/GetGateway HTTP/1.1\r\nHost: localhost\r\n");
    other.write("Content-Type: application/json\r\nContent-Length: 2\r\n\r\n");
    const stopped = server.stop(longGraceMs);
    other.write("{}");
    const answer = await other.untilClosed();
    release();
    await stopped;
    expect(answer === "" || answer.includes("DRAINING") || answer.includes("200 OK"), answer).to.equal(true);
  });

  it("lets the process end by itself after the stop", async () => {
    const program = `
      import { startTestServer } from "./test/support/test-server.ts";
      const server = await startTestServer();
      await fetch(server.url + "/healthz");
      const { createClient } = await import("@connectrpc/connect");
      const { wires } = await import("./test/support/wires.ts");
      const { GatewayService } = await import("./gen/openclaw/gateway/v1/gateway_service_pb.ts");
      for (const wire of wires) await createClient(GatewayService, wire.transport({ baseUrl: server.url })).getGateway({});
      await server.stop(60_000);
      console.log("stopped");`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
    expect(stdout).to.equal("stopped\n");
  });

  it("listens on several addresses with one port", async () => {
    const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));
    const hosts = ["127.0.0.1", "127.0.0.2", ...(own.includes("::1") ? ["::1"] : [])];
    server = await startTestServer({ listen: { hosts, port: 0 } });
    for (const host of hosts) {
      const url = `http://${host.includes(":") ? `[${host}]` : host}:${server.port}/healthz`;
      expect((await fetch(url)).status, host).to.equal(200);
    }
  });

  it("says which address is taken, and listens on none of the others then", async () => {
    await start();
    const free = createServer();
    const taken = await startTestServer({ listen: { hosts: ["127.0.0.2", "127.0.0.1"], port: server.port } }).catch(
      (error) => error,
    );
    expect(taken).to.be.instanceOf(ListenError).and.to.have.property("code", "EADDRINUSE");
    expect(taken.message).to.include(`127.0.0.1 port ${server.port}`).and.include("choose another port");
    await new Promise<void>((resolve, reject) => {
      free.once("error", reject);
      free.listen(server.port, "127.0.0.2", resolve);
    });
    free.close();
  });

  it("says that the machine does not have an address", async () => {
    await start();
    const options = { listen: { hosts: ["192.0.2.123"], port: 0 }, auth: { mode: "token", secret: "s" } } as const;
    const error = await startTestServer(options).catch((thrown) => thrown);
    expect(error.message).to.include("192.0.2.123").and.include("does not have that address");
  });
});
