/** The page's one stream, without a browser. */

import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect } from "chai";
import { WatchEventsResponseSchema } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import type { Gateway } from "../../src/dashboard/gateway.ts";
import { Live } from "../../src/dashboard/live.ts";

describe("the stream of the page", () => {
  it("is opened again at its place when the gateway is not heard any more", async () => {
    const opened: string[] = [];
    const told: boolean[] = [];
    const refusal = new ConnectError("no longer", Code.PermissionDenied);
    const events = {
      async *watchEvents({ cursor = "" }: { cursor?: string }, { signal }: { signal: AbortSignal }) {
        opened.push(cursor);
        if (opened.length > 1) throw refusal;
        yield create(WatchEventsResponseSchema, { frame: { case: "bookmark", value: { cursor: "place" } } });
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    };
    const live = new Live({ events } as unknown as Gateway, 50);
    live.listen({ onConnection: (online) => told.push(online) });
    expect(await live.follow("start").catch((error: unknown) => error)).to.equal(refusal);
    expect(opened).to.deep.equal(["start", "place"]);
    expect(told).to.deep.equal([true, false]);
  });
});
