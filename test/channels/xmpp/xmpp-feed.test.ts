/** What was missed, from an archive that holds too much of it. */

import { expect } from "chai";
import { XmppArchive } from "../../../src/channels/xmpp/xmpp-archive.ts";
import { XmppFeed } from "../../../src/channels/xmpp/xmpp-feed.ts";
import type { XmppRooms } from "../../../src/channels/xmpp/xmpp-rooms.ts";
import type { XmppStream } from "../../../src/channels/xmpp/xmpp-stream.ts";
import { RecordingHost } from "../../support/recording-host.ts";
import { RecordingLog } from "../../support/recording-log.ts";

/** More than is read. */
class EndlessArchive extends XmppArchive {
  override exists(): Promise<boolean> {
    return Promise.resolve(true);
  }

  // biome-ignore lint/correctness/useYield: what it holds is of no matter
  override async *read() {
    return { complete: false };
  }
}

describe("what was missed on xmpp", () => {
  it("and is too much to be read is told in the log", async () => {
    const host = new RecordingHost();
    const log = new RecordingLog();
    host.log = log;
    host.cursor = JSON.stringify({ archive: "a1", time: "2026-11-22T00:00:00Z" });
    const feed = new XmppFeed({ host, self: "claw@localhost", rooms: {} as XmppRooms });
    await feed.catchUp(new EndlessArchive({} as XmppStream, AbortSignal.timeout(5_000)));
    expect(log.lines.map(({ level, message }) => [level, message])).to.deep.equal([
      ["warn", "the archive holds more that we missed than is read"],
    ]);
  });
});
