import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect } from "chai";
import {
  GatewayService,
  type TailLogsRequestSchema,
  type TailLogsResponse,
} from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { followLogs } from "../../src/client/follow-logs.ts";
import { JsonLog, openLog } from "../../src/lib/log/json-log.ts";
import { tailLogs } from "../../src/server/rpc/tail-logs.ts";
import { TestClock } from "../support/test-clock.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { failureOf } from "../support/wires.ts";

type Request = MessageInitShape<typeof TailLogsRequestSchema>;

describe("TailLogs", () => {
  const clock = new TestClock();
  let folder: string;
  let log: JsonLog;
  let server: TestServer;
  let leaving: AbortController;

  const open = () => {
    const path = join(folder, "x.log");
    return openLog({ level: "debug", file: { path, maxFileBytes: 1_048_576, maxFiles: 3 }, clock });
  };
  beforeEach(async () => {
    leaving = new AbortController();
    folder = mkdtempSync(join(tmpdir(), "openclaw-tail-"));
    log = await open();
    const handler = (request: Parameters<typeof tailLogs>[1], context: Parameters<typeof tailLogs>[2]) =>
      tailLogs(log, request, context);
    server = await startTestServer({}, { gateway: { tailLogs: handler } });
  });
  afterEach(async () => {
    leaving.abort();
    await server.stop();
    log.close();
    rmSync(folder, { recursive: true });
  });
  const client = () => createClient(GatewayService, createGrpcTransport({ baseUrl: server.url }));
  const read = async (request: Request): Promise<TailLogsResponse[]> => {
    const frames: TailLogsResponse[] = [];
    for await (const frame of client().tailLogs(request)) frames.push(frame);
    return frames;
  };
  const messages = (frames: readonly TailLogsResponse[]) =>
    frames.flatMap(({ records }) => records.map(({ message }) => message));
  const say = (count: number, from = 1) => {
    for (let index = from; index < from + count; index++) log.info({}, String(index));
  };

  it("brings the newest lines, oldest first, and ends", async () => {
    say(10);
    expect(messages(await read({ backlog: 3 }))).to.deep.equal(["8", "9", "10"]);
  });

  it("brings all of a line", async () => {
    log.child({ component: "store" }).warn({ path: "/x", ms: 3, nested: { a: [1] } }, "it is slow");
    const [{ records: [record] = [] } = {}] = await read({ backlog: 1 });
    expect(record).to.include({ level: "warn", component: "store", message: "it is slow" });
    expect(record?.attributes).to.deep.equal({ path: "/x", ms: "3", nested: '{"a":[1]}' });
    expect(Number(record?.time?.seconds)).to.be.closeTo(clock.nowMs() / 1_000, 60);
  });

  it("brings what came before the last start, and what is no longer in memory", async () => {
    for (let index = 1; index <= 3_000; index++) log.info({ pad: "p".repeat(100) }, String(index));
    log.close();
    log = await open();
    say(2, 3_001);
    const all = messages(await read({ backlog: 2_500 }));
    expect(all).to.deep.equal(Array.from({ length: 2_500 }, (_, index) => String(index + 503)));
  });

  it("brings at most 100 lines a frame", async () => {
    say(250);
    expect((await read({ backlog: 250 })).map(({ records }) => records.length)).to.deep.equal([100, 100, 50]);
  });

  it("brings lines of one level and above, of some components, from a time on", async () => {
    log.child({ component: "a" }).warn({}, "old");
    clock.advance(3_600_000);
    const sinceMs = clock.nowMs();
    clock.advance(1_000);
    log.child({ component: "a" }).info({}, "a info");
    log.child({ component: "a" }).warn({}, "a warn");
    log.child({ component: "b" }).error({}, "b error");
    log.child({ component: "c" }).error({}, "c error");
    const since = timestampFromMs(sinceMs);
    expect(messages(await read({ backlog: 9, minLevel: "warn", components: ["a", "b"], since }))).to.deep.equal([
      "a warn",
      "b error",
    ]);
    expect(messages(await read({ since }))).to.deep.equal(["a info", "a warn", "b error", "c error"]);
  });

  it("sends a frame at once when there is nothing to bring, then each line as it is written", async () => {
    const frames = client().tailLogs({ follow: true }, { signal: leaving.signal })[Symbol.asyncIterator]();
    expect((await frames.next()).value.records).to.deep.equal([]);
    say(1);
    expect(messages([(await frames.next()).value])).to.deep.equal(["1"]);
  });

  it("goes on after a cursor without a gap or a repeat, also after a restart", async () => {
    say(5);
    const [{ cursor = "" } = {}] = await read({ backlog: 5 });
    say(2, 6);
    expect(messages(await read({ cursor }))).to.deep.equal(["6", "7"]);
    log.close();
    log = await open();
    say(1, 8);
    const frames = await read({ cursor });
    expect(messages(frames)).to.deep.equal(["6", "7", "8"]);
    expect(frames.map(({ dropped }) => dropped)).to.deep.equal([0n]);
  });

  it("is followed over broken streams", async () => {
    say(3);
    const seen: string[] = [];
    const gateway = {
      tailLogs: (request: Request) => cutAfterOne(client().tailLogs(request, { signal: leaving.signal })),
    } as unknown as Parameters<typeof followLogs>[0];
    for await (const frame of followLogs(gateway, { backlog: 2 }, { signal: leaving.signal })) {
      seen.push(...messages([frame]));
      if (seen.length < 5) say(1, seen.length + 2);
      else break;
    }
    expect(seen).to.deep.equal(["2", "3", "4", "5", "6"]);
  });

  it("tells a reader who was too slow how many lines it missed, and keeps none for it", async () => {
    const request = { backlog: 0, follow: true, minLevel: "", components: [], cursor: "" } as never;
    const memory = new JsonLog({ level: "debug", clock });
    const frames = tailLogs(memory, request, { signal: leaving.signal });
    await frames.next();
    for (let index = 1; index <= 5_000; index++) memory.info({}, String(index));
    const { value } = await frames.next();
    const [first] = messages([value as TailLogsResponse]);
    expect(Number((value as TailLogsResponse).dropped)).to.equal(Number(first) - 1);
    expect(Number(first)).to.be.within(3_000, 4_100);
    await frames.return();
  });

  it("begins anew where the log was begun anew", async () => {
    say(2);
    expect(messages(await read({ cursor: "zzz" }))).to.deep.equal(["1", "2"]);
  });

  it("refuses what is no level and no cursor", async () => {
    for (const request of [{ minLevel: "loud" }, { cursor: "!" }, { backlog: -1 }]) {
      expect((await failureOf(read(request))).violations, JSON.stringify(request)).to.have.length(1);
    }
  });
});

async function* cutAfterOne<Frame>(frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  for await (const frame of frames) {
    yield frame;
    throw new ConnectError("cut", Code.Unavailable);
  }
}
