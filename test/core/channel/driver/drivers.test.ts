/** What drivers are told when they say what became of a try. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ChannelSchema } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { DeliverySchema, Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { editName } from "../../../../src/core/channel/channel-names.ts";
import type { Channels } from "../../../../src/core/channel/channels.ts";
import type { DriverDesk } from "../../../../src/core/channel/driver/driver-desk.ts";
import { Drivers } from "../../../../src/core/channel/driver/drivers.ts";
import { TemporaryStore } from "../../../storage/support/temporary-store.ts";
import { channelSettings } from "../../../support/channel-settings.ts";

const channel = "channels/fake";
const name = `${channel}/deliveries/d1`;

describe("a driver that says what became of a try", () => {
  const temporary = new TemporaryStore();
  afterEach(() => temporary.remove());

  it("is not kept waiting when that try is of a preview, which is on disk as it was sent first", async () => {
    const store = await temporary.open();
    const delivery = create(DeliverySchema, { name, conversation: `${channel}/conversations/mia`, attempts: 1 });
    delivery.state = State.SENT;
    await store.transact(({ deliveries }) => deliveries.insert({ delivery, position: 1, batch: name }));
    const said: number[] = [];
    const channels = {
      get: () => create(ChannelSchema, { name: channel }),
      find: () => ({ settings: { ...channelSettings({}), remote: true, network: {} } }),
    } as unknown as Channels;
    const desk = { awaits: () => true, complete: (_: string, attempt: number) => void said.push(attempt) };
    const drivers = new Drivers({ store, channels, desk: async () => desk as unknown as DriverDesk });
    const beganMs = performance.now();
    const told = await drivers.complete(
      { name: editName(name, "1"), attempt: 2 },
      { kind: "sent", platformIds: ["p1"] },
      "token",
    );
    expect(told).to.include({ state: State.SENT, attempts: 1 });
    expect(said).to.deep.equal([2]);
    expect(performance.now() - beganMs).to.be.below(2_000);
  });
});
