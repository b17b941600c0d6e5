/** One server taking over the port of another: connections stay, calls wait, nobody is turned away. */

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLog } from "../../src/lib/log.ts";
import { ListenError } from "../../src/server/port/listeners.ts";
import { Port } from "../../src/server/port/port.ts";
import { Server } from "../../src/server/server.ts";
import { defaultLimits, type ServerOptions } from "../../src/server/server-options.ts";
import { loadCertificate } from "../../src/server/tls-certificate.ts";
import { freePort } from "../support/free-port.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { aborted } from "../support/test-server.ts";
import { failureOf, wires } from "../support/wires.ts";

const patientMs = 30_000;

describe("a port that is handed over", () => {
  let port: Port;
  let first: Server;
  let number: number;

  /** A server whose GetGateway answers with its name, when `answer` has resolved. */
  function server(name: string, options: Partial<ServerOptions> = {}, answer = Promise.resolve()): Server {
    return new Server(
      {
        listen: { hosts: ["127.0.0.1"], port: 0 },
        auth: { mode: "none" },
        allowedOrigins: [],
        allowedHosts: [],
        routes: (router) => {
          router.service(GatewayService, { getGateway: () => answer.then(() => ({ cursor: name })) });
          router.service(EventService, {
            async *watchEvents(_request, { signal }) {
              yield { frame: { case: "bookmark", value: { cursor: name } } };
              await aborted(signal);
              throw signal.reason;
            },
          });
        },
        state: () => ({ state: "ready", reason: "" }),
        log: silentLog,
        clock: systemClock,
        ...options,
      },
      port,
    );
  }

  async function start(name: string, answer?: Promise<void>): Promise<void> {
    first = server(name, {}, answer);
    const [address] = await first.start();
    number = address?.port ?? 0;
  }

  /** Who answers over this wire. */
  function asking(wire = wires[0], secure = false) {
    const baseUrl = `${secure ? "https" : "http"}://127.0.0.1:${number}`;
    const nodeOptions = { rejectUnauthorized: false };
    const transport = wire?.transport({ baseUrl, nodeOptions: secure ? nodeOptions : {} });
    if (transport === undefined) throw new Error("there is no such wire");
    return { gateway: createClient(GatewayService, transport), events: createClient(EventService, transport) };
  }

  beforeEach(() => {
    port = new Port({ limits: defaultLimits, clock: systemClock, log: silentLog });
  });
  afterEach(() => {
    port.closeListeners();
    port.destroy();
  });

  for (const wire of wires) {
    it(`answers a call over ${wire.name} that came between two servers, on the connection there was`, async () => {
      await start("one");
      const { gateway } = asking(wire);
      expect((await gateway.getGateway({})).cursor).to.equal("one");
      const connected = [...port.connections].length;
      await first.retire(patientMs);
      const waiting = gateway.getGateway({});
      const second = server("two");
      await second.listen();
      second.serve();
      expect((await waiting).cursor).to.equal("two");
      expect([...port.connections]).to.have.length(connected);
    });

    it(`lets a call over ${wire.name} be answered that was under way`, async () => {
      const answer = Promise.withResolvers<void>();
      await start("one", answer.promise);
      const { gateway } = asking(wire);
      const under = gateway.getGateway({});
      while (![...port.connections].some(({ openCalls }) => openCalls > 0)) await new Promise(setImmediate);
      const retired = first.retire(patientMs);
      answer.resolve();
      await retired;
      expect((await under).cursor).to.equal("one");
    });

    it(`ends a stream over ${wire.name} with the wish to come back, and takes it up again`, async () => {
      await start("one");
      const { events } = asking(wire);
      const stream = events.watchEvents({})[Symbol.asyncIterator]();
      await stream.next();
      const told = failureOf(stream.next());
      await first.retire(patientMs);
      expect(await told).to.deep.include({ reasons: ["DRAINING"], retrySeconds: 1 });
      const again = events.watchEvents({})[Symbol.asyncIterator]();
      const frame = again.next();
      server("two").serve();
      expect((await frame).value?.frame.value).to.deep.include({ cursor: "two" });
    });
  }

  it("tells a call to come back that is not answered in time", async () => {
    await start("one", new Promise(() => {}));
    const told = failureOf(asking().gateway.getGateway({}));
    while (![...port.connections].some(({ openCalls }) => openCalls > 0)) await new Promise(setImmediate);
    await first.retire(1);
    expect(await told).to.deep.include({ reasons: ["DRAINING"], retrySeconds: 1 });
  });

  it("forgets a caller who went away while waiting", async () => {
    await start("one");
    await first.retire(patientMs);
    const caller = await RawConnection.open(number);
    caller.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while ([...port.connections].length === 0) await new Promise(setImmediate);
    caller.socket.destroy();
    while ([...port.connections].length > 0) await new Promise(setImmediate);
    server("two").serve();
    expect((await asking().gateway.getGateway({})).cursor).to.equal("two");
  });

  it("answers what is held when no other server comes, and the server stops", async () => {
    await start("one");
    await first.retire(patientMs);
    const waiting = failureOf(asking().gateway.getGateway({}));
    while ([...port.connections].length === 0) await new Promise(setImmediate);
    await first.stop(patientMs);
    expect((await waiting).reasons).to.deep.equal(["DRAINING"]);
  });

  it("moves to another port, and leaves the old one", async () => {
    await start("one");
    const old = number;
    await first.retire(patientMs);
    const second = server("two", { listen: { hosts: ["127.0.0.1"], port: await freePort() } });
    number = (await second.listen())[0]?.port ?? 0;
    second.serve();
    expect(number).not.to.equal(old);
    expect((await asking().gateway.getGateway({})).cursor).to.equal("two");
    const refused = await RawConnection.open(old).then(
      () => "open",
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(refused).to.equal("ECONNREFUSED");
  });

  it("widens and narrows on the same port", async () => {
    await start("one");
    const hosts = (...names: string[]) =>
      ({ listen: { hosts: names, port: 0 }, auth: { mode: "token", secret: "x".repeat(20) } }) as const;
    const wide = await server("two", hosts("0.0.0.0")).listen();
    expect(wide).to.deep.equal([{ host: "0.0.0.0", port: number }]);
    const narrow = await server("three", hosts("127.0.0.1")).listen();
    expect(narrow).to.deep.equal([{ host: "127.0.0.1", port: number }]);
    const two = await server("four", hosts("127.0.0.1", "127.0.0.2")).listen();
    expect(two.map(({ port: each }) => each)).to.deep.equal([number, number]);
  });

  it("stays where it was when it cannot move", async () => {
    await start("one");
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    try {
      const taken = { hosts: ["127.0.0.1"], port: (other.address() as { port: number }).port };
      const checked = await port.check(taken).catch((error: unknown) => error);
      const moved = await server("two", { listen: taken })
        .listen()
        .catch((error: unknown) => error);
      expect([checked, moved]).to.satisfy((errors: unknown[]) => errors.every((each) => each instanceof ListenError));
      expect((await asking().gateway.getGateway({})).cursor).to.equal("one");
    } finally {
      other.close();
    }
  });

  it("can be checked for where it is, and for an address it does not have", async () => {
    await start("one");
    await port.check({ hosts: ["127.0.0.1"], port: number });
    const failed = await port.check({ hosts: ["192.0.2.1"], port: await freePort() }).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(ListenError).with.property("code", "EADDRNOTAVAIL");
  });

  it("begins and ends to speak TLS; who spoke otherwise is sent away", async () => {
    const folder = mkdtempSync(join(tmpdir(), "openclaw-tls-"));
    try {
      const certificate = await loadCertificate({ kind: "generated", folder }, systemClock);
      await start("one");
      const plain = asking(wires[0]);
      await plain.gateway.getGateway({});
      const second = server("two", { tls: certificate });
      await second.listen();
      second.serve();
      expect((await asking(wires[0], true).gateway.getGateway({})).cursor).to.equal("two");
      expect((await failureOf(plain.gateway.getGateway({}))).message).to.not.equal("");
      const third = server("three");
      await third.listen();
      third.serve();
      expect((await asking(wires[0]).gateway.getGateway({})).cursor).to.equal("three");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
