/** `openclaw deliveries retry`. */

import { create, toJson } from "@bufbuild/protobuf";
import { DeliverySchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { defineCommand } from "../command/command.ts";
import { writeOutcome } from "./delivery-view.ts";
import { deliveryName, deliveryWord } from "./delivery-word.ts";

/** Queues a failed, ambiguous, expired or discarded delivery once more. */
export const command = defineCommand({
  words: [deliveryWord],
  options: {},
  details: `
Later pieces of the same message that were given up because of it go with it. One that waits is tried at once. An ambiguous
one may reach its conversation twice.`,
  async run({ words, terminal, link }) {
    const client = await link.client();
    const name = await deliveryName(client, words.delivery);
    const { delivery = create(DeliverySchema) } = await client.deliveries.retryDelivery({ name });
    if (terminal.json) return terminal.document(toJson(DeliverySchema, delivery));
    writeOutcome(terminal, delivery);
  },
});
