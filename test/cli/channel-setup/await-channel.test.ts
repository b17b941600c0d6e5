import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ChannelSchema, Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { awaitChannel, type ChannelTrial } from "../../../src/cli/channel-setup/await-channel.ts";
import type { GatewayClient } from "../../../src/client/client.ts";

/** A gateway that has one channel. */
function having(kind: string, state: State, more: object = {}): Promise<ChannelTrial> {
  const channel = create(ChannelSchema, {
    name: `channels/${kind}`,
    kind,
    state,
    title: "claw",
    dmPolicy: "pairing",
    ...more,
  });
  const client = { channels: { getChannel: async () => ({ channel }) } } as unknown as GatewayClient;
  return awaitChannel(client, { kind, account: undefined });
}

describe("a channel that was set up", () => {
  it("is written to by people, who ask to be let in", async () => {
    const { online, detail, advice } = await having("irc", State.ONLINE);
    expect([online, detail]).to.deep.equal([true, "claw"]);
    expect(advice[0]).to.match(/^write to claw on irc; it answers with a code.*: openclaw pairing approve irc <code>$/);
  });

  it("is sent to by programs, where it is a webhook", async () => {
    const { advice } = await having("webhook", State.ONLINE, { dmPolicy: "open" });
    expect(advice[0]).to.equal("send it a message, signed, at /hooks/webhook: everybody is answered");
  });

  it("says why it is not online, and what to do", async () => {
    const { online, detail, advice } = await having("irc", State.MISCONFIGURED, { stateReason: "nick is missing" });
    expect([online, detail]).to.deep.equal([false, "nick is missing"]);
    expect(advice).to.deep.equal(["put it right with: openclaw channels add irc key=value"]);
  });

  it("is logged in through the gateway only where it can be", async () => {
    const advice = async (more: object) => (await having("mynet", State.LOGIN_REQUIRED, more)).advice;
    expect(await advice({ remote: true, capabilities: { login: true } })).to.deep.equal([
      "log in with: openclaw channels login mynet",
    ]);
    expect(await advice({ remote: true, capabilities: {} })).to.deep.equal(["log it in where its driver runs"]);
  });
});
