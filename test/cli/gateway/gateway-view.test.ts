import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Channel_State, ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { GatewaySchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { GetGatewayResponseSchema } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { answerFacts, answerPairs, channelsText } from "../../../src/cli/gateway/gateway-view.ts";

const channel = (name: string, state: Channel_State, stateReason = "") =>
  create(ChannelSchema, { name: `channels/${name}`, state, stateReason });
const channels = [
  channel("irc", Channel_State.ONLINE),
  channel("telegram", Channel_State.OFFLINE, "no network"),
  channel("xmpp", Channel_State.ONLINE),
];

describe("what a gateway says about itself", () => {
  const pairs = (gateway: object) =>
    Object.fromEntries(
      answerPairs(
        { response: create(GetGatewayResponseSchema, { gateway: create(GatewaySchema, gateway) }), channels },
        0,
      ),
    );

  it("counts channels by state, and names those that are not online", () => {
    expect(channelsText(channels)).to.equal("2 online, 1 offline (telegram)");
    expect(channelsText([])).to.equal("none");
    expect(answerFacts({ response: create(GetGatewayResponseSchema), channels }).channels?.[1]).to.deep.equal({
      name: "channels/telegram",
      state: "offline",
      reason: "no network",
    });
  });

  it("tells of a restart that is due, of one that was refused, and of none", () => {
    expect(pairs({ restartReason: "new tyres", restartRefusal: "x" }).restart).to.equal("due: new tyres");
    expect(pairs({ restartRefusal: "gateway.port is wrong" }).restart).to.equal("refused: gateway.port is wrong");
    expect(pairs({}).restart).to.equal(undefined);
  });
});
