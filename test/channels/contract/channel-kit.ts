/** A gateway without a wire on a world, stopped and started again as a process would be. */

import { randomUUID } from "node:crypto";
import type { Channel } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Channel_State, Channel_StateSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type Delivery, Delivery_State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { channelName, partName } from "../../../src/core/channel/channel-names.ts";
import { channelTimes } from "../../../src/core/channel/channel-ports.ts";
import { stateWord } from "../../../src/core/delivery/delivery-state.ts";
import { EchoModel } from "../../../src/models/echo-model.ts";
import { CoreKit } from "../../support/core-kit.ts";
import { eventually, until } from "../../support/until.ts";
import type { World } from "./world.ts";
import { worldSettings } from "./world-settings.ts";

/** Tests wait for nothing longer than they must. */
const quick = { ...channelTimes, retryBaseMs: 10, retryCapMs: 50, givenUpMs: 50, connectMs: 5_000, stopMs: 2_000 };

/** See the file's first line. Call `close` after each test. */
export class ChannelKit {
  readonly world: World;
  readonly core: CoreKit;
  /** "channels/{kind}". */
  readonly channel: string;

  /** `changes` are keys of the channel's configuration. */
  constructor(world: World, changes: Readonly<Record<string, unknown>> = {}) {
    this.world = world;
    this.channel = channelName(world.kind, "default");
    this.core = new CoreKit({
      models: [new EchoModel()],
      settings: { channels: worldSettings(world, changes) },
      channels: {
        times: quick,
        ...(world.networks && { networks: world.networks }),
        ...(world.drivers && { drivers: world.drivers }),
      },
      ...(world.gatewayStarted && { started: world.gatewayStarted }),
    });
  }

  /** Starts it, and resolves when the channel is online. */
  async start(): Promise<void> {
    await this.core.start();
    await this.online();
  }

  async close(): Promise<void> {
    await this.core.close();
  }

  /** The channel as it is now. */
  get state(): Channel {
    return this.core.core.channels.get(this.channel);
  }

  /** Resolves when the channel is in this state. */
  async is(state: Channel_State): Promise<void> {
    await until(
      () => this.state.state === state,
      `${this.channel} is ${Channel_StateSchema.value[state]?.name}: ${this.state.stateReason}`,
    );
  }

  online(): Promise<void> {
    return this.is(Channel_State.ONLINE);
  }

  /** Name of the conversation with the person. */
  get conversation(): string {
    return partName(this.channel, "conversations", this.world.address());
  }

  /** Sends something directly. */
  async send(text: string): Promise<readonly Delivery[]> {
    const { conversation } = this;
    const parts = [{ kind: { case: "text" as const, value: text } }];
    const action = { case: "content" as const, value: { parts } };
    const sent = await this.core.client.deliveries.sendMessage({ conversation, requestId: randomUUID(), action });
    return sent.deliveries;
  }

  /** Changes a message by the network's id of it. */
  async edit(platformId: string, text: string): Promise<Delivery | undefined> {
    const { conversation } = this;
    const action = { case: "edit" as const, value: { platformId, text } };
    const sent = await this.core.client.deliveries.sendMessage({ conversation, requestId: randomUUID(), action });
    return sent.deliveries[0];
  }

  /** The delivery once it is in one of these states. */
  async ended(name: string, ...states: readonly Delivery_State[]): Promise<Delivery> {
    return eventually(`${name} ends`, async () => {
      const { delivery } = await this.core.client.deliveries.getDelivery({ name });
      if (delivery === undefined || states.includes(delivery.state)) return delivery;
      if (!isEnd(delivery.state)) return undefined;
      throw new Error(`${name} ended ${stateWord(delivery.state)}: ${delivery.error?.message ?? ""}`);
    });
  }

  /** Resolves when nothing waits to be sent any more. */
  async settled(): Promise<void> {
    await eventually("nothing waits to be sent", async () => {
      const { channel } = await this.core.client.channels.getChannel({ name: this.channel });
      return channel?.waitingDeliveries === 0 ? true : undefined;
    });
  }

  /** What the person was told, once it is so many messages. */
  async told(count: number): Promise<string[]> {
    await until(() => this.world.told().length >= count, `the person was told ${count} messages`);
    return this.world.told().map(({ text }) => text);
  }
}

/** True for a state a delivery stays in. */
export function isEnd(state: Delivery_State): boolean {
  return state !== Delivery_State.QUEUED && state !== Delivery_State.SENDING;
}
