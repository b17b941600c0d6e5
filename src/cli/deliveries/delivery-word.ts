/** The word that names a delivery, and its full name. */

import type { GatewayClient } from "../../client/client.ts";
import { gatewayErrorFrom } from "../../client/gateway-error.ts";
import { UsageError } from "../command/usage-error.ts";
import { CommandFailure } from "../failure-view.ts";
import { lastPart } from "../link/names.ts";

/** Its id, or its name. */
export const deliveryWord = { name: "delivery", help: "its id, or channels/{channel}/deliveries/{delivery}" } as const;

/** The full name of a delivery: as it is, "telegram/{id}" completed, an id alone looked up. Fails when none has it. */
export async function deliveryName({ explain }: Pick<GatewayClient, "explain">, word: string): Promise<string> {
  if (/^channels\/[^/]+\/deliveries\/[^/]+$/.test(word)) return word;
  const [channel, id, ...more] = word.split("/");
  if (channel && id && more.length === 0) return `channels/${channel}/deliveries/${id}`;
  if (!/^[0-9A-HJKMNP-TV-Z]{26}$/i.test(word)) {
    throw new UsageError(`"${word}" names no delivery`, "give its id; see: openclaw deliveries list");
  }
  const wanted = word.toUpperCase();
  const deliveries = await explain.explain({ name: wanted }).then(
    (explanation) => explanation.deliveries,
    (thrown: unknown) => {
      if (gatewayErrorFrom(thrown).reason === "NOT_FOUND") return [];
      throw thrown;
    },
  );
  const found = deliveries.find(({ name }) => lastPart(name) === wanted);
  if (found === undefined) throw new CommandFailure(`there is no delivery ${word}`, "see: openclaw deliveries list");
  return found.name;
}
