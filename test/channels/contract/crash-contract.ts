/**
 * What every network has to do when the gateway is killed at the worst moments, each in a process of its own: nothing that
 * was taken is lost, nothing is said twice, and what nobody can know is shown as AMBIGUOUS. See world.ts.
 */

import { expect } from "chai";
import { Delivery_State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { createGatewayClient, type GatewayClient } from "../../../src/client/gateway-client.ts";
import { channelName } from "../../../src/core/channel/channel-names.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../../support/gateway-process.ts";
import { eventually, until } from "../../support/until.ts";
import { isEnd } from "./channel-kit.ts";
import type { World } from "./world.ts";
import { worldConfig } from "./world-settings.ts";

/** Before and after each step: the message is kept, its answer queued, marked, asked for, and settled. */
const crashPlaces = [
  "inbound.before-commit",
  "inbound.committed",
  "outbox.sending",
  "outbox.asked",
  "outbox.sent",
] as const;

/** Declares the tests; each starts two processes. */
export function testCrashes(name: string, makeWorld: () => World, places: readonly string[] = crashPlaces): void {
  describe(`${name} survives the death of the gateway`, function () {
    this.timeout(60_000);
    let world: World;
    let running: GatewayProcess | undefined;
    let home: string | undefined;

    beforeEach(async function () {
      world = makeWorld();
      if (world.missing !== undefined) return this.skip();
      await world.start();
    });
    afterEach(async () => {
      await running?.kill();
      if (home !== undefined) await removeHome(home);
      [running, home] = [undefined, undefined];
      if (world.missing === undefined) await world.stop();
    });

    async function start(fault?: string): Promise<GatewayClient> {
      const environment = { ...world.environment, ...(fault !== undefined && { OPENCLAW_FAULT_POINT: fault }) };
      const config = { channels: worldConfig(world, { delivery: { onAmbiguous: "hold" } }) };
      running = await startGatewayProcess({ config, environment, ...(home !== undefined && { home }) });
      ({ home } = running);
      await world.processStarted?.(running);
      const client = createGatewayClient({ url: running.url, token: running.token });
      await online(client, world);
      return client;
    }

    for (const place of places) {
      it(`answers once or says that nobody knows, killed at ${place}`, async () => {
        await start(place);
        await world.say("remember me");
        expect(await running?.exited).to.equal("SIGKILL");
        const client = await start();
        const kept = (await client.channels.listConversations({ parent: channelName(world.kind, "default") }))
          .conversations;
        if (kept.length === 0 && !world.replays) await world.say("remember me");
        const delivery = await eventually("the answer has its end", async () => {
          const { deliveries } = await client.deliveries.listDeliveries({ parent: "channels/-" });
          const ended = deliveries.filter(({ state }) => isEnd(state));
          return deliveries.length > 0 && ended.length === deliveries.length ? deliveries : undefined;
        });
        expect(delivery).to.have.length(1);
        const times = () => world.told().filter(({ text }) => text.includes("remember me")).length;
        const state = delivery[0]?.state;
        if (state === Delivery_State.SENT) {
          await until(() => times() > 0, "it is there");
          expect(times()).to.equal(1);
        } else {
          expect(state).to.equal(Delivery_State.AMBIGUOUS);
          expect(times()).to.be.at.most(1);
        }
      });
    }
  });
}

async function online(client: GatewayClient, world: World): Promise<void> {
  await eventually(`${world.kind} is online`, async () => {
    const { channels } = await client.channels.listChannels({});
    return channels.some(({ kind, state }) => kind === world.kind && state === 3) ? true : undefined;
  });
}
