/** A channel that a program outside is, as its driver meets it at odd moments. */

import { expect } from "chai";
import { RemoteConnection } from "../../../src/channels/remote/remote-connection.ts";
import { RecordingHost } from "../../support/recording-host.ts";

describe("RemoteConnection", () => {
  it("sends a driver away that comes while it ends", async () => {
    const host = new RecordingHost();
    const { promise: cursor, resolve } = Promise.withResolvers<string>();
    host.backfillCursor = () => cursor;
    const connection = new RemoteConnection(host, () => () => {});
    const stop = new AbortController();
    const ran = connection.run(stop.signal);
    const condition = { state: "online", reason: "" } as const;
    const driver = { channel: host.channel, title: "driver", capabilities: connection.capabilities, condition };
    const frames = connection.attach(driver, AbortSignal.timeout(2_000));
    const first = frames.next();
    stop.abort(new Error("the channel was stopped"));
    await ran;
    resolve("");
    const kinds = [(await first).value];
    for await (const frame of frames) kinds.push(frame);
    expect(kinds).to.deep.equal([{ kind: "detached", reason: "the channel was stopped" }]);
    expect(host.told.filter((line) => line.startsWith("online"))).to.deep.equal([]);
  });
});
