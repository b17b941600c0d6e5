import { Code, createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../../gen/health/v1/health_pb.ts";
import { startTestServer, type TestServer } from "../../support/test-server.ts";
import { failureOf, protocols } from "../../support/wires.ts";

const gatewayService = "openclaw.gateway.v1.GatewayService";

for (const wire of protocols) {
  describe(`grpc.health.v1 over ${wire.name}`, () => {
    let server: TestServer;

    beforeEach(async () => {
      server = await startTestServer({ auth: { mode: "token", secret: "s" } });
    });

    afterEach(() => server.stop());

    const client = () => createClient(Health, wire.transport({ baseUrl: server.url }));

    it("says SERVING for the gateway and its services while it is ready, without a credential", async () => {
      for (const service of ["", gatewayService, Health.typeName]) {
        expect((await client().check({ service })).status, service).to.equal(Status.SERVING);
      }
    });

    for (const state of ["starting", "draining", "readOnly"] as const) {
      it(`says NOT_SERVING while the gateway is ${state}`, async () => {
        server.current = { state, reason: "because" };
        expect((await client().check({})).status).to.equal(Status.NOT_SERVING);
      });
    }

    it("fails with NOT_FOUND for a service there is not", async () => {
      const told = await failureOf(client().check({ service: "no.Such" }));
      expect(told).to.deep.include({ code: Code.NotFound, reasons: ["NOT_FOUND"] });
    });

    it("lists all services", async () => {
      const { statuses } = await client().list({});
      expect(statuses).to.include.all.keys("", gatewayService);
      expect(new Set(Object.values(statuses).map(({ status }) => status))).to.deep.equal(new Set([Status.SERVING]));
    });

    it("tells a watcher at once, and again when the state changes", async () => {
      const stop = new AbortController();
      const watch = client().watch({ service: gatewayService }, { signal: stop.signal })[Symbol.asyncIterator]();
      expect((await watch.next()).value?.status).to.equal(Status.SERVING);
      server.current = { state: "readOnly", reason: "the disk is full" };
      expect((await watch.next()).value?.status).to.equal(Status.NOT_SERVING);
      server.current = { state: "ready", reason: "" };
      expect((await watch.next()).value?.status).to.equal(Status.SERVING);
      stop.abort();
      await watch.next().catch(() => {});
    });

    it("tells a watcher of an unknown service that it is unknown, and keeps the watch open", async () => {
      const stop = new AbortController();
      const watch = client().watch({ service: "no.Such" }, { signal: stop.signal })[Symbol.asyncIterator]();
      expect((await watch.next()).value?.status).to.equal(Status.SERVICE_UNKNOWN);
      stop.abort();
      expect((await failureOf(watch.next())).code).to.equal(Code.Canceled);
    });

    it("tells a watcher NOT_SERVING before the server stops", async () => {
      const watch = client().watch({})[Symbol.asyncIterator]();
      await watch.next();
      const stopped = server.stop(2_000);
      expect((await watch.next()).value?.status).to.equal(Status.NOT_SERVING);
      const told = await failureOf(watch.next());
      expect(told).to.deep.include({ code: Code.Unavailable, reasons: ["DRAINING"] });
      await stopped;
    });
  });
}
