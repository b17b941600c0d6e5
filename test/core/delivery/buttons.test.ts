/** Buttons under what is sent. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { CapabilitiesSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { OutboundActionSchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { prepareAction } from "../../../src/core/delivery/outbox/prepare-action.ts";
import { channelSettings } from "../../support/channel-settings.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { FakeConnection, fakeNetwork } from "../../support/fake-line.ts";
import { until } from "../../support/until.ts";

const yes = { text: "Yes", press: { case: "data" as const, value: "yes" } };

describe("buttons", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  async function open(connection: FakeConnection) {
    const kit = await kits.open({
      settings: { channels: [channelSettings({ outbound: { textChunkLimit: 32 } })] },
      channels: { networks: fakeNetwork(connection) },
    });
    await until(() => kit.core.channels.find("channels/fake")?.connection !== undefined, "the channel is online");
    return (text: string, buttons: object[]) =>
      kit.client.deliveries.sendMessage({
        conversation: "channels/fake/conversations/mia",
        action: { case: "content", value: { parts: [{ kind: { case: "text", value: text } }], buttons } },
      });
  }

  const able = (): FakeConnection => {
    const connection = new FakeConnection();
    connection.capabilities.buttons = true;
    return connection;
  };

  it("stand under the last message a text becomes", async () => {
    const send = await open(able());
    const { deliveries } = await send("one two three four five six seven eight", [{ buttons: [yes] }]);
    const rows = deliveries.map(({ action }) => action?.kind.case === "message" && action.kind.value.buttons.length);
    expect(rows).to.deep.equal([0, 1]);
  });

  it("stay under the last piece when a message is cut as it is sent", () => {
    const capabilities = create(CapabilitiesSchema, { maxText: 40, textUnit: "characters", buttons: true });
    const value = { text: "word ".repeat(20), buttons: [{ buttons: [yes] }] };
    const action = create(OutboundActionSchema, { kind: { case: "message", value } });
    const prepared = prepareAction(action, capabilities);
    if (prepared.kind !== "split") throw new Error(`it is to be cut, not ${prepared.kind}`);
    const rows = prepared.actions.map(({ kind }) => kind.case === "message" && kind.value.buttons.length);
    expect(rows.slice(0, -1).every((count) => count === 0)).to.equal(true);
    expect(rows.at(-1)).to.equal(1);
  });

  it("are refused where the network has none", async () => {
    const send = await open(new FakeConnection());
    await expectFailure(send("well?", [{ buttons: [yes] }]), "CAPABILITY_MISSING");
  });

  for (const [what, rows, field] of [
    ["a row without any", [{ buttons: [] }], "content.buttons[0].buttons"],
    ["more in a row than fit", [{ buttons: Array(9).fill(yes) }], "content.buttons[0].buttons"],
    ["more rows than fit", Array(21).fill({ buttons: [yes] }), "content.buttons"],
    ["nothing on one", [{ buttons: [{ ...yes, text: " " }] }], "content.buttons[0].buttons[0].text"],
    ["too much on one", [{ buttons: [{ ...yes, text: "x".repeat(65) }] }], "content.buttons[0].buttons[0].text"],
    ["one that does nothing", [{ buttons: [{ text: "Yes" }] }], "content.buttons[0].buttons[0]"],
    [
      "one that says too much",
      [{ buttons: [yes, { text: "No", press: { case: "data", value: "ä".repeat(33) } }] }],
      "content.buttons[0].buttons[1].data",
    ],
    [
      "one that opens no page",
      [{ buttons: [{ text: "Go", press: { case: "url", value: "javascript:alert(1)" } }] }],
      "content.buttons[0].buttons[0].url",
    ],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      const send = await open(able());
      const { violations } = await expectFailure(send("well?", rows as unknown as object[]), "FIELD_INVALID");
      expect(violations.map((violation) => violation.field)).to.deep.equal([field]);
    });
  }
});
