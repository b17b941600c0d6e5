/** Senders that ask to be answered. */

import type { PairingRequest } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import { channelFrom } from "../channels/channel-view.ts";
import { CommandFailure } from "../failure-view.ts";

const largestPage = 200;

/** Those of one channel, or of all; of every account of a network when none is named ("telegram"). Oldest first. */
export async function senderRequests(
  access: GatewayClient["access"],
  word: string | undefined,
  account?: string,
): Promise<PairingRequest[]> {
  const found: PairingRequest[] = [];
  let pageToken = "";
  do {
    const page = await access.listPairingRequests({ pageSize: largestPage, pageToken });
    found.push(...page.pairingRequests.filter((request) => isFrom(request, word, account)));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return found;
}

/** The one with this code, in any case. Fails when there is none. */
export async function findSenderRequest(
  access: GatewayClient["access"],
  channel: string,
  { code, account }: { readonly code: string; readonly account: string | undefined },
): Promise<PairingRequest> {
  const requests = await senderRequests(access, channel, account);
  const found = requests.find((request) => request.code.toUpperCase() === code.toUpperCase());
  if (found !== undefined) return found;
  throw new CommandFailure(`nobody on ${channel} asks with the code ${code}`, "see: openclaw pairing list");
}

/** "channels/telegram" of a request, empty for a device's. */
export function channelOfRequest({ subject }: PairingRequest): string {
  return subject.case === "sender" ? subject.value.channel : "";
}

function isFrom(request: PairingRequest, word: string | undefined, account: string | undefined): boolean {
  const channel = channelOfRequest(request);
  if (channel === "") return false;
  if (account !== undefined) return channel === channelFrom(word ?? kindOf(channel), account);
  return word === undefined || channel === channelFrom(word) || channel.startsWith(`${channelFrom(word)}:`);
}

/** "telegram" of "channels/telegram:work". */
function kindOf(channel: string): string {
  return channel.replace(/^channels\//, "").replace(/:.*$/, "");
}
