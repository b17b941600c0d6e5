/** `openclaw deliveries show`. */

import { create, toJson } from "@bufbuild/protobuf";
import { DeliverySchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { defineCommand } from "../command/command.ts";
import { writeDelivery } from "./delivery-view.ts";
import { deliveryName, deliveryWord } from "./delivery-word.ts";

/** Shows one delivery. */
export const command = defineCommand({
  words: [deliveryWord],
  options: {},
  async run({ words, terminal, link, nowMs }) {
    const client = await link.client();
    const name = await deliveryName(client, words.delivery);
    const { delivery = create(DeliverySchema) } = await client.deliveries.getDelivery({ name });
    if (terminal.json) return terminal.document(toJson(DeliverySchema, delivery));
    writeDelivery(terminal, delivery, nowMs);
  },
});
