/** What connections are given by the gateway does for them what each would have to do. */

import { buffer } from "node:stream/consumers";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { AttachmentSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { ConversationBusy } from "../../../src/core/channel/channel-failures.ts";
import { GatewayHost, type HostRooms } from "../../../src/core/channel/gateway-host.ts";
import { UnsentError } from "../../../src/core/channel/network.ts";
import { silentLog } from "../../../src/lib/log.ts";
import { channelSettings } from "../../support/channel-settings.ts";

const deaf = { online: () => {}, offline: () => {}, loginRequired: () => {}, broken: () => {} };

describe("GatewayHost", () => {
  it("says of a file that cannot be read that the message is unsent, and will stay so", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("the beginning");
      throw new Error("the disk is gone");
    }
    const rooms = { log: silentLog, files: { read: broken } } as unknown as HostRooms;
    const host = new GatewayHost(rooms, () => channelSettings({}), deaf);
    const thrown = await buffer(host.readFile(create(AttachmentSchema))).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(UnsentError);
    expect(thrown).to.deep.include({ permanent: true, message: "the file cannot be read: the disk is gone" });
  });

  it("does not give the connection up when a message is refused because its conversation has too many waiting", async () => {
    const told: string[] = [];
    const busy = new ConversationBusy("channels/fake/conversations/mia", 64, 1_000);
    const rooms = { log: silentLog, inbound: { receive: () => Promise.reject(busy) } } as unknown as HostRooms;
    const host = new GatewayHost(rooms, () => channelSettings({}), { ...deaf, broken: () => told.push("broken") });
    expect(await host.receive(create(InboundMessageSchema)).catch((error: unknown) => error)).to.equal(busy);
    expect(told).to.deep.equal([]);
  });
});
