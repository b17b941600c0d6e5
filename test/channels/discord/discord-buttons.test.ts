/** Buttons on Discord, from what is sent to what is pressed. */

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { type Delivery, Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { partName } from "../../../src/core/channel/channel-names.ts";
import { channelId, directId, mia, selfUser } from "../../support/discord/discord-place.ts";
import { eventually, until } from "../../support/until.ts";
import { ChannelKit } from "../contract/channel-kit.ts";
import { DiscordWorld } from "./discord-world.ts";

const yes = { text: "Yes", press: { case: "data" as const, value: "I will be there" } };
const menu = { text: "Menu", press: { case: "url" as const, value: "https://example.org/menu" } };

describe("buttons on discord", function () {
  this.timeout(60_000);
  let world: DiscordWorld;
  let kit: ChannelKit;

  beforeEach(async () => {
    world = new DiscordWorld();
    await world.start();
    kit = new ChannelKit(world, { groupPolicy: "open" });
    await kit.start();
  });
  afterEach(async () => {
    await kit.close();
    await world.stop();
  });

  async function send(buttons: object[], address: string): Promise<Delivery> {
    const value = { parts: [{ kind: { case: "text" as const, value: "dinner at seven?" } }], buttons };
    const conversation = partName(kit.channel, "conversations", address);
    const action = { case: "content" as const, value };
    const request = { conversation, requestId: randomUUID(), action };
    const { deliveries } = await kit.core.client.deliveries.sendMessage(request);
    return kit.ended(deliveries[0]?.name ?? "", State.SENT, State.FAILED);
  }

  const pressed = () =>
    eventually("the button came in", async () => {
      const { ingress } = await kit.core.client.ingress.listIngress({ parent: kit.channel });
      return ingress.find(({ message }) => message?.button);
    });

  it("stand under the message, and say what is behind them when they are pressed", async () => {
    await send([{ buttons: [yes, menu] }], world.address());
    const [asked] = world.discord.place.in(directId);
    expect(asked?.components).to.deep.equal([
      {
        type: 1,
        components: [
          { type: 2, style: 2, label: "Yes", custom_id: "I will be there" },
          { type: 2, style: 5, label: "Menu", url: "https://example.org/menu" },
        ],
      },
    ]);
    const interaction = world.discord.place.press(asked?.id ?? "", "I will be there");
    const { message } = await pressed();
    expect(message).to.include({ senderAddress: mia.id, text: "I will be there", replyTo: asked?.id });
    expect(message).to.include({ repliesToUs: true, replyText: "dinner at seven?", address: world.address() });
    await until(() => world.discord.place.answered.length === 1, "the button stops to spin");
    expect(world.discord.place.answered).to.deep.equal([`${interaction} 6`]);
    expect((await kit.told(2)).join()).to.contain("I will be there");
  });

  it("in a guild are pressed by somebody with a role, and mean us", async () => {
    await send([{ buttons: [yes] }], channelId);
    const asked = world.discord.place.in(channelId).find(({ author }) => author.id === selfUser.id);
    world.discord.place.press(asked?.id ?? "", "I will be there");
    const { message } = await pressed();
    expect(message).to.include({ address: channelId, mentionsUs: true });
    expect(message?.senderRoles).to.have.length(1);
  });

  it("go when the message is changed", async () => {
    const { platformIds } = await send([{ buttons: [yes] }], world.address());
    const edit = await kit.edit(platformIds[0] ?? "", "too late");
    await kit.ended(edit?.name ?? "", State.SENT);
    const { body } = world.discord.asked.findLast(({ method }) => method === "PATCH") ?? {};
    expect(body).to.deep.include({ content: "too late", components: [] });
  });

  it("are refused for good when they are more than Discord shows", async () => {
    const { state, error } = await send([{ buttons: Array(6).fill(yes) }], world.address());
    expect(state).to.equal(State.FAILED);
    expect(error?.message).to.contain("5 rows of 5 buttons");
  });
});
