/** What people type for a device or a pairing request, and which one they mean. */

import type { Device, PairingRequest } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import { CommandFailure } from "../failure-view.ts";
import { lastPart } from "../link/names.ts";

type Access = GatewayClient["access"];

const largestPage = 200;

/** The device's request with this code, in any case and with or without its dash, or this id. Fails when there is none. */
export async function findRequest(access: Access, word: string): Promise<PairingRequest> {
  const wanted = plain(lastPart(word));
  let pageToken = "";
  do {
    const page = await access.listPairingRequests({ pageSize: largestPage, pageToken });
    const devices = page.pairingRequests.filter(({ subject }) => subject.case === "device");
    const found = devices.find(({ code, name }) => [plain(code), plain(lastPart(name))].includes(wanted));
    if (found) return found;
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  throw new CommandFailure(`nobody asks to be let in with the code ${word}`, "see: openclaw devices list");
}

/** The device with this id or, when only one has it, this title. Fails when there is none, or more than one. */
export async function findDevice(access: Access, word: string): Promise<Device> {
  const titled: Device[] = [];
  let pageToken = "";
  do {
    const page = await access.listDevices({ pageSize: largestPage, pageToken });
    const found = page.devices.find(({ name }) => lastPart(name) === lastPart(word).toUpperCase());
    if (found) return found;
    titled.push(...page.devices.filter(({ title }) => title.toLowerCase() === word.toLowerCase()));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  const [device] = titled;
  if (device === undefined) throw new CommandFailure(`there is no device ${word}`, "see: openclaw devices list");
  if (titled.length === 1) return device;
  throw new CommandFailure(`${titled.length} devices are called ${word}`, "give the id; see: openclaw devices list");
}

function plain(text: string): string {
  return text.replaceAll("-", "").toUpperCase();
}
