/** Somebody we do not know writes to us: they are told a code that lets people see whom they let in. */

import { randomInt } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type PairingRequest,
  PairingRequestSchema,
  PairingRequest_State as State,
} from "../../../../gen/openclaw/gateway/v1/access_pb.ts";
import { Event_Change as Change } from "../../../../gen/openclaw/gateway/v1/event_pb.ts";
import { idOf } from "../../names.ts";
import { patch, type Recorder } from "../../recorder.ts";

/** Without letters and digits that look alike. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const codeLength = 8;

/** How long a code is good. */
const requestMs = 60 * 60_000;

/** Senders of one channel that may wait. */
const maxWaiting = 3;

/** More requests than there ever are. */
const allOfThem = 10_000;
const longestTitle = 100;

/** Who asks, and where. */
export interface Stranger {
  /** "channels/{channel}". */
  readonly channel: string;
  /** "channels/{channel}/senders/{sender}". */
  readonly sender: string;
  readonly address: string;
  readonly title: string;
  /** "channels/{channel}/conversations/{conversation}". */
  readonly conversation: string;
}

/** What came of asking: a new code to be told, a request that is there already, or no room for another. */
export type Asked =
  | { readonly kind: "new"; readonly code: string }
  | { readonly kind: "waiting" }
  | { readonly kind: "rejected" }
  | { readonly kind: "full"; readonly limit: number };

/** Keeps a request for the sender unless there is one. What is past its time is forgotten on the way. */
export async function askToPair(recorder: Recorder, stranger: Stranger): Promise<Asked> {
  const open = await openRequests(recorder, stranger.channel);
  const own = open.find(({ subject }) => subject.case === "sender" && subject.value.sender === stranger.sender);
  if (own?.state === State.PENDING) return { kind: "waiting" };
  if (own?.state === State.REJECTED) return { kind: "rejected" };
  // An approved sender whose admission was withdrawn since asks anew.
  if (own !== undefined) await forget(recorder, own);
  const waiting = open.filter(({ state }) => state === State.PENDING).length;
  if (waiting >= maxWaiting) return { kind: "full", limit: maxWaiting };
  const request = makeRequest(recorder, stranger, new Set(open.map(({ code }) => code)));
  await recorder.tables.access.pairings.put({ resource: request, digest: undefined });
  await recorder.record(Change.CREATED, request.name, { case: "pairingRequest", value: request });
  return { kind: "new", code: request.code };
}

/** What a stranger is told. */
export function pairingText({ channel, address }: Stranger, code: string): string {
  return [
    "I do not know you yet. Whoever runs me can let you in with:",
    `openclaw pairing approve ${idOf(channel)} ${code}`,
    `Your code is ${code}; it is good for one hour. Your id here is ${address}.`,
  ].join("\n");
}

async function openRequests(recorder: Recorder, channel: string): Promise<PairingRequest[]> {
  const found = await recorder.tables.access.pairings.list("", allOfThem);
  const ofChannel = found
    .map(({ resource }) => resource)
    .filter(({ subject }) => subject.case === "sender" && subject.value.channel === channel);
  const open: PairingRequest[] = [];
  for (const request of ofChannel) {
    const endMs = request.expireTime === undefined ? 0 : timestampMs(request.expireTime);
    if (endMs > recorder.nowMs) open.push(request);
    else await forget(recorder, request);
  }
  return open;
}

async function forget(recorder: Recorder, request: PairingRequest): Promise<void> {
  await recorder.tables.access.pairings.delete(request.name);
  const state = request.state === State.PENDING ? State.EXPIRED : request.state;
  await recorder.record(Change.DELETED, request.name, { case: "pairingRequest", value: patch(request, { state }) });
}

function makeRequest(recorder: Recorder, stranger: Stranger, taken: ReadonlySet<string>): PairingRequest {
  const { channel, sender, address, conversation } = stranger;
  const title = (stranger.title || address).replace(/[\p{C}]+/gu, " ").trim();
  return create(PairingRequestSchema, {
    name: `pairingRequests/${recorder.newId()}`,
    state: State.PENDING,
    code: newCode(taken),
    title: title.slice(0, longestTitle).toWellFormed(),
    subject: { case: "sender", value: { channel, sender, address, conversation } },
    createTime: timestampFromMs(recorder.nowMs),
    expireTime: timestampFromMs(recorder.nowMs + requestMs),
  });
}

function newCode(taken: ReadonlySet<string>): string {
  const letters = Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]);
  const code = letters.join("");
  return taken.has(code) ? newCode(taken) : code;
}
