/** `openclaw deliveries discard`. */

import { create, toJson } from "@bufbuild/protobuf";
import { DeliverySchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { defineCommand } from "../command/command.ts";
import { writeOutcome } from "./delivery-view.ts";
import { deliveryName, deliveryWord } from "./delivery-word.ts";

/** Gives up a delivery that waits, failed or is ambiguous. */
export const command = defineCommand({
  words: [deliveryWord],
  options: {},
  async run({ words, terminal, link }) {
    const client = await link.client();
    const name = await deliveryName(client, words.delivery);
    const { delivery = create(DeliverySchema) } = await client.deliveries.discardDelivery({ name });
    if (terminal.json) return terminal.document(toJson(DeliverySchema, delivery));
    writeOutcome(terminal, delivery);
  },
});
