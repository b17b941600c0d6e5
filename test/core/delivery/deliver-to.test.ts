/** Answers of runs that a client asked for, delivered to a conversation. */

import { expect } from "chai";
import { Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { channelSettings } from "../../support/channel-settings.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { FakeConnection, fakeNetwork } from "../../support/fake-line.ts";
import { until } from "../../support/until.ts";

describe("a run with deliver_to", () => {
  const kits = new CoreKits();

  afterEach(() => kits.close());

  it("is answered in the conversation, and listed with its deliveries", async () => {
    const network = new FakeConnection();
    const settings = { channels: [channelSettings()] };
    const kit = await kits.open({ settings, channels: { networks: fakeNetwork(network) } });
    const { run } = await kit.client.runs.createRun({
      parent: "sessions/main",
      parts: [{ kind: { case: "text", value: "hello" } }],
      deliverTo: "channels/fake/conversations/mia",
    });
    await kit.ended(run?.name ?? "");
    await until(() => network.told.length === 1, "the answer is sent");
    const filter = `run = ${run?.name}`;
    const { deliveries } = await kit.client.deliveries.listDeliveries({ parent: "channels/-", filter });
    expect(deliveries).to.have.length(1);
    expect(deliveries[0]?.state).to.be.oneOf([State.SENDING, State.SENT]);
    expect(network.words).to.deep.equal(["say done"]);
  });
});
