/** What anybody may write into an event on Matrix: it must neither stop the channel nor come back for ever. */

import { expect } from "chai";
import { ChannelKit } from "../contract/channel-kit.ts";
import { MatrixWorld, miaId } from "./matrix-world.ts";

const long = `$${"x".repeat(20_000)}`;
const words = { msgtype: "m.text", body: "claw: odd" };

/** Contents of events by type. */
const odd: Readonly<Record<string, readonly [type: string, content: Readonly<Record<string, unknown>>]>> = {
  "a reaction to a message with an endless id": [
    "m.reaction",
    { "m.relates_to": { rel_type: "m.annotation", event_id: long, key: "👍" } },
  ],
  "a thread with an endless id": [
    "m.room.message",
    { ...words, "m.relates_to": { rel_type: "m.thread", event_id: long } },
  ],
  "an answer to a message with an endless id": [
    "m.room.message",
    { ...words, "m.relates_to": { "m.in_reply_to": { event_id: long } } },
  ],
  "an answer to a message whose id is no text": [
    "m.room.message",
    { ...words, "m.relates_to": { "m.in_reply_to": { event_id: "$\ud800" } } },
  ],
  "a change of a message with an endless id": [
    "m.room.message",
    { ...words, "m.new_content": words, "m.relates_to": { rel_type: "m.replace", event_id: long } },
  ],
  "a change of no message": [
    "m.room.message",
    { ...words, "m.new_content": words, "m.relates_to": { rel_type: "m.replace" } },
  ],
};

describe("matrix, whatever an event says", function () {
  this.timeout(60_000);
  let world: MatrixWorld;
  let kit: ChannelKit;

  beforeEach(async () => {
    world = new MatrixWorld();
    await world.start();
    kit = new ChannelKit(world, { groupPolicy: "open" });
    await kit.start();
  });
  afterEach(async () => {
    await kit.close();
    await world.stop();
  });

  for (const [name, [type, content]] of Object.entries(odd)) {
    it(`goes on after ${name}`, async () => {
      const room = world.server.makeRoom([miaId, "@leo:test"], { "m.room.name": { name: "House" } });
      world.server.log.add({ room, type, sender: "@leo:test", content });
      await world.say("are you there");
      expect((await kit.told(1)).join()).to.contain("are you there");
      expect(kit.state.failures).to.equal(0);
    });
  }

  it("goes on after a time that is none", async () => {
    const room = world.address();
    for (const origin_server_ts of [1234.5678, 2 ** 53 - 1, 1e300]) {
      const content = { msgtype: "m.text", body: "odd" };
      world.server.log.add({ room, type: "m.room.message", sender: miaId, content, origin_server_ts });
    }
    await world.say("are you there");
    expect((await kit.told(4)).join()).to.contain("are you there");
    expect(kit.state.failures).to.equal(0);
  });
});
