/** A core with one channel that nobody connects: a test hands messages in and sees what became of them. */

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Conversation_Kind as Kind } from "../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type Delivery, Delivery_State } from "../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { InboundMessageSchema, type Ingress } from "../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Message } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import type { ChannelSettings, MessagingSettings } from "../../src/core/channel/channel-settings.ts";
import { type ChannelOverrides, channelSettings } from "./channel-settings.ts";
import { type CoreKit, CoreKits } from "./core-kit.ts";
import type { CoreProcessOptions } from "./core-process.ts";

/** What a network may bring; unset fields are Mia writing "hello" in a direct conversation. */
export type Brought = MessageInitShape<typeof InboundMessageSchema>;

/** What a kit is opened with. */
export interface InboundKitOptions {
  readonly channel?: ChannelOverrides;
  readonly messaging?: Partial<MessagingSettings>;
  readonly core?: CoreProcessOptions;
}

/** See the file's first line. */
export class InboundKit {
  readonly core: CoreKit;
  readonly channel: ChannelSettings;
  #count = 0;

  constructor(core: CoreKit, channel: ChannelSettings) {
    this.core = core;
    this.channel = channel;
  }

  /** Hands a message in; its id is a new one unless given. */
  receive(brought: Brought = {}, cursor = ""): Promise<Ingress> {
    this.#count += 1;
    const message = create(InboundMessageSchema, {
      platformId: `p${this.#count}`,
      address: "mia",
      kind: Kind.DIRECT,
      senderAddress: "mia",
      senderTitle: "Mia",
      text: "hello",
      ...brought,
    });
    return this.core.core.inbound.receive(this.channel, message, cursor);
  }

  /** The same in the group "#room". */
  receiveInRoom(brought: Brought = {}): Promise<Ingress> {
    return this.receive({ address: "#room", kind: Kind.GROUP, conversationTitle: "The room", ...brought });
  }

  /** Waits until the run that answers the message has ended. */
  async answered(ingress: Ingress): Promise<Ingress> {
    await this.core.ended(ingress.run);
    return ingress;
  }

  /** Everything that is to leave has left: the network knows the first as "s1", the next as "s2" … */
  async send(): Promise<void> {
    const records = await this.core.store.read(({ deliveries }) => deliveries.list({ limit: 100 }));
    await this.core.store.transact(async ({ deliveries }) => {
      for (const [index, record] of records.reverse().entries()) {
        const delivery = { ...record.delivery, state: Delivery_State.SENT, platformIds: [`s${index + 1}`] };
        await deliveries.update({ ...record, delivery });
      }
    });
  }

  /** Everything that is to leave, oldest first. */
  async deliveries(): Promise<Delivery[]> {
    const records = await this.core.store.read(({ deliveries }) => deliveries.list({ limit: 100 }));
    return records.map(({ delivery }) => delivery).reverse();
  }

  /** The texts the gateway itself says, oldest first. */
  async replies(): Promise<string[]> {
    const said = (await this.deliveries()).filter(({ run }) => run === "");
    return said.map(({ action }) => (action?.kind.case === "message" ? action.kind.value.text : ""));
  }

  /** The texts of a transcript, oldest first. */
  async texts(session = "sessions/main"): Promise<string[]> {
    return (await this.core.transcript(session)).map(textOf);
  }
}

/** Opens kits and closes them all after a test. */
export class InboundKits {
  readonly #cores = new CoreKits();

  async open({ channel = {}, messaging = {}, core = {} }: InboundKitOptions = {}): Promise<InboundKit> {
    const settings = channelSettings({ ...channel, enabled: false });
    const kit = await this.#cores.open({ ...core, settings: { ...core.settings, messaging, channels: [settings] } });
    return new InboundKit(kit, settings);
  }

  async close(): Promise<void> {
    await this.#cores.close();
  }
}

function textOf({ parts }: Message): string {
  return parts.map(({ kind }) => (kind.case === "text" ? kind.value : `(${kind.case})`)).join("|");
}
