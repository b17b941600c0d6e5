import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@connectrpc/connect";
import { compressionGzip, createGrpcTransport } from "@connectrpc/connect-node";
import { expect } from "chai";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { notFound } from "../../src/core/errors.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { failureOf, wires } from "../support/wires.ts";

describe("a server stream", () => {
  let server: TestServer;

  const start = async (cursors: Iterable<string>, failure?: Error): Promise<void> => {
    async function* watchEvents() {
      for (const cursor of cursors) yield bookmark(cursor);
      if (failure !== undefined) throw failure;
    }
    server = await startTestServer({}, { events: { watchEvents } });
  };

  afterEach(() => server.stop());

  for (const wire of wires) {
    const open = () => createClient(EventService, wire.transport({ baseUrl: server.url })).watchEvents({});

    it(`brings every message in order over ${wire.name}, short and long ones mixed`, async () => {
      const sent = Array.from({ length: 300 }, (_, index) => `${index}:${"x".repeat(index % 7 === 0 ? 5_000 : 3)}`);
      await start(sent);
      expect(await cursorsOf(open())).to.deep.equal(sent);
    });

    it(`brings what was said before it failed, then the failure, over ${wire.name}`, async () => {
      await start(["one", "two", "three"], notFound("runs/1"));
      const seen: string[] = [];
      const failure = await failureOf(cursorsOf(open(), seen));
      expect(seen).to.deep.equal(["one", "two", "three"]);
      expect(failure.reasons).to.deep.equal(["NOT_FOUND"]);
    });

    it(`without a message ends well over ${wire.name}`, async () => {
      await start([]);
      expect(await cursorsOf(open())).to.deep.equal([]);
    });
  }

  for (const wire of wires) {
    it(`goes on when its deadline is further away than a timer can be set to, over ${wire.name}`, async () => {
      server = await startTestServer();
      const headers = { "grpc-timeout": "1000H", "connect-timeout-ms": "9999999999" };
      const leave = new AbortController();
      const client = createClient(EventService, wire.transport({ baseUrl: server.url }));
      const stream = client.watchEvents({}, { headers, signal: leave.signal })[Symbol.asyncIterator]();
      await stream.next();
      const next = stream.next().then(
        () => "ended",
        () => "failed",
      );
      expect(await Promise.race([next, sleep(100, "open")])).to.equal("open");
      leave.abort();
      await next;
    });
  }

  it("tells two callers who are sent one and the same object the same", async () => {
    const shared = [bookmark("one"), bookmark("two"), bookmark("three")];
    async function* watchEvents() {
      for (const message of shared) yield message;
    }
    server = await startTestServer({}, { events: { watchEvents } });
    const clients = wires.map((wire) => createClient(EventService, wire.transport({ baseUrl: server.url })));
    const all = await Promise.all(clients.map((client) => cursorsOf(client.watchEvents({}))));
    expect(all).to.deep.equal(wires.map(() => ["one", "two", "three"]));
  });

  it("is compressed where that is worth it, for callers who understand it", async () => {
    const long = "compressible ".repeat(1_000);
    await start(["short", long, long, "short"]);
    let bytes = 0;
    const counted: typeof compressionGzip = {
      ...compressionGzip,
      decompress: (data, maxBytes) => {
        bytes += data.length;
        return compressionGzip.decompress(data, maxBytes);
      },
    };
    const transport = createGrpcTransport({ baseUrl: server.url, acceptCompression: [counted] });
    const cursors = await cursorsOf(createClient(EventService, transport).watchEvents({}));
    expect(cursors).to.deep.equal(["short", long, long, "short"]);
    expect(bytes).to.be.within(1, 1_000);
  });
});

function bookmark(cursor: string) {
  return { frame: { case: "bookmark" as const, value: { cursor } } };
}

type Frames = AsyncIterable<{ frame: { case?: string | undefined; value?: unknown } }>;

/** The cursors of all bookmarks; `seen` has them also when the stream fails. */
async function cursorsOf(stream: Frames, seen: string[] = []): Promise<string[]> {
  for await (const { frame } of stream) {
    if (frame.case === "bookmark") seen.push((frame.value as { cursor: string }).cursor);
  }
  return seen;
}
