/** The word that names an inbound message, and its full name. */

import type { GatewayClient } from "../../client/client.ts";
import { UsageError } from "../command/usage-error.ts";
import { CommandFailure } from "../failure-view.ts";
import { lastPart } from "../link/names.ts";

/** Its id, or its name. */
export const ingressWord = { name: "ingress", help: "its id, or channels/{channel}/ingress/{ingress}" } as const;

/** The full name: as it is, "telegram/{id}" completed, an id alone looked up. Fails when none has it. */
export async function ingressName({ ingress }: Pick<GatewayClient, "ingress">, word: string): Promise<string> {
  if (/^channels\/[^/]+\/ingress\/[^/]+$/.test(word)) return word;
  const [channel, id, ...more] = word.split("/");
  if (channel && id && more.length === 0) return `channels/${channel}/ingress/${id}`;
  if (!/^[0-9A-HJKMNP-TV-Z]{26}$/i.test(word)) {
    throw new UsageError(`"${word}" names no inbound message`, "give its id; see: openclaw ingress list");
  }
  for (let pageToken = "", first = true; first || pageToken !== ""; first = false) {
    const page = await ingress.listIngress({ parent: "channels/-", pageSize: 200, pageToken });
    const found = page.ingress.find(({ name }) => lastPart(name) === word.toUpperCase());
    if (found !== undefined) return found.name;
    pageToken = page.nextPageToken;
  }
  throw new CommandFailure(`there is no inbound message ${word}`, "see: openclaw ingress list");
}
