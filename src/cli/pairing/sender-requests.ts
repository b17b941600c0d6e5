/** Senders that ask to be answered. */

import type { PairingRequest } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import { channelFrom } from "../channels/channel-view.ts";
import { CommandFailure } from "../failure-view.ts";

const largestPage = 200;

/** Those of one channel, or of all; of one kind when no account is named ("telegram"). Oldest first. */
export async function senderRequests(
  access: GatewayClient["access"],
  word: string | undefined,
): Promise<PairingRequest[]> {
  const found: PairingRequest[] = [];
  let pageToken = "";
  do {
    const page = await access.listPairingRequests({ pageSize: largestPage, pageToken });
    found.push(...page.pairingRequests.filter((request) => isFrom(request, word)));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return found;
}

/** The one with this code, in any case. Fails when there is none. */
export async function findSenderRequest(
  access: GatewayClient["access"],
  channel: string,
  code: string,
): Promise<PairingRequest> {
  const requests = await senderRequests(access, channel);
  const found = requests.find((request) => request.code.toUpperCase() === code.toUpperCase());
  if (found !== undefined) return found;
  throw new CommandFailure(`nobody on ${channel} asks with the code ${code}`, "see: openclaw pairing list");
}

/** "channels/telegram" of a request, empty for a device's. */
export function channelOfRequest({ subject }: PairingRequest): string {
  return subject.case === "sender" ? subject.value.channel : "";
}

function isFrom(request: PairingRequest, word: string | undefined): boolean {
  const channel = channelOfRequest(request);
  if (channel === "") return false;
  return word === undefined || channel === channelFrom(word) || channel.startsWith(`${channelFrom(word)}:`);
}
