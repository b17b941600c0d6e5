/** Pairing: a device asks to be let in, somebody approves, the device collects its token once. */

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Device,
  type PairingRequest,
  PairingRequest_State as State,
} from "../../../../gen/openclaw/gateway/v1/access_pb.ts";
import { Event_Change as Change } from "../../../../gen/openclaw/gateway/v1/event_pb.ts";
import { makeSecret } from "../../../lib/secret/checked-secret.ts";
import { gatewayActor } from "../../changes.ts";
import { credentialsInvalid, notFound } from "../../errors.ts";
import { patch, type Recorder } from "../../recorder.ts";
import { accessFull, pairingClosed, pairingPending, pairingRejected } from "../access-failures.ts";
import {
  type AccessPage,
  type AccessParts,
  bytesWithCommands,
  listHolders,
  msOf,
  type PageRequest,
  requireAccessName,
  retire,
} from "../access-parts.ts";
import { credentialShapes, digestOf } from "../credential-shapes.ts";
import { insertDevice } from "../devices.ts";
import { grantOf } from "../tokens.ts";
import { decidePairing, type PairingDecision } from "./decide-pairing.ts";
import { checkPairing, type NewPairing, pairingFrom, patienceMs } from "./new-pairing.ts";
import { spendSetupCode } from "./setup-codes.ts";

/** Devices that may wait at once, in all and of one address: anybody may ask, so that must cost the gateway little. */
const maxWaiting = 64;
const maxWaitingPerPeer = 4;

/** More requests than there ever are, of devices and others. */
const allOfThem = 10_000;

/** The requests of devices, from the first word to the token. */
export class Pairings {
  readonly #parts: AccessParts;
  /** When who asked was last heard, by name; not worth a write to the disk each time. */
  readonly #heardMs = new Map<string, number>();
  /** What the address of a waiting device is counted as, by name. */
  readonly #peers = new Map<string, string>();

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /** Begins to wait anew for devices that could not ask while no gateway ran. */
  async start(): Promise<void> {
    const open = await this.#parts.store.read(({ access }) => access.pairings.list("", allOfThem));
    for (const { resource } of open) if (resource.subject.case === "device") this.#hear(resource.name);
  }

  /**
   * Asks to be let in. With a setup code, that is granted at once. Fails with FIELD_INVALID, ACCESS_FULL, and for the code as
   * spendSetupCode does.
   */
  async request(wanted: NewPairing): Promise<{ request: PairingRequest; redeemSecret: string }> {
    checkPairing(wanted);
    const redeemSecret = makeSecret(credentialShapes.redeemSecret);
    const request = await this.#make(wanted, digestOf(redeemSecret));
    this.#hear(request.name);
    return { request, redeemSecret };
  }

  /**
   * The device and its token, once. Fails with PAIRING_PENDING, PAIRING_REJECTED, PAIRING_CLOSED when it is too late or was
   * redeemed, CREDENTIALS_INVALID when there is no such request.
   */
  async redeem(redeemSecret: string): Promise<{ device: Device; token: string }> {
    const { store, changes, credentials } = this.#parts;
    const digest = digestOf(redeemSecret);
    const waiting = await store.read(({ access }) => access.pairings.findByDigest(digest));
    if (waiting === undefined) throw this.#unknown(digest);
    this.#requireApproved(waiting.resource);
    const token = makeSecret(credentialShapes.deviceToken);
    const device = await changes.transact(gatewayActor, async (recorder) => {
      const { pairings } = recorder.tables.access;
      const holder = await pairings.findByDigest(digest);
      if (holder === undefined) throw collected();
      this.#requireApproved(holder.resource);
      await pairings.delete(holder.resource.name);
      await retire(recorder, digest, "used");
      await recorder.record(Change.DELETED, holder.resource.name, { case: "pairingRequest", value: holder.resource });
      return insertDevice(recorder, holder.resource, digestOf(token));
    });
    credentials.retire(digest, "used");
    credentials.add(digestOf(token), grantOf(device));
    this.#forget(waiting.resource.name);
    return { device, token };
  }

  /** Approves or rejects. Fails with NOT_FOUND, PAIRING_CLOSED, FIELD_INVALID or SCOPE_MISSING. */
  async resolve(decision: PairingDecision): Promise<PairingRequest> {
    requireAccessName(decision.name, "pairingRequests");
    const decided = await this.#parts.changes.transact(decision.caller.principal, async (recorder) => {
      const holder = await recorder.tables.access.pairings.find(decision.name);
      if (holder === undefined) throw notFound(decision.name);
      if (this.#isOver(holder.resource)) throw expired();
      return decidePairing(recorder, holder, decision);
    });
    this.#peers.delete(decided.name);
    return this.#fresh(decided);
  }

  /** A page of who waits, oldest first. */
  async list(request: PageRequest): Promise<AccessPage<PairingRequest>> {
    const page = await listHolders(this.#parts.store, request, {
      title: "pairingRequests",
      tableOf: ({ access }) => access.pairings,
      bytesOf: ({ subject }) => bytesWithCommands(subject.case === "device" ? subject.value.commands : []),
    });
    return { ...page, items: page.items.map((item) => this.#fresh(item)) };
  }

  /** Gives up requests of those who have not asked for too long. */
  async giveUp(): Promise<void> {
    const { store, changes } = this.#parts;
    const open = await store.read(({ access }) => access.pairings.list("", allOfThem));
    const over = open.map(({ resource }) => resource).filter((request) => this.#isOver(request));
    if (over.length === 0) return;
    await changes.transact(gatewayActor, async (recorder) => {
      for (const { name } of over) await this.#giveUp(recorder, name);
    });
    for (const { name } of over) this.#forget(name);
  }

  async #giveUp(recorder: Recorder, name: string): Promise<void> {
    const { pairings } = recorder.tables.access;
    const holder = await pairings.find(name);
    if (holder === undefined || !this.#isOver(holder.resource)) return;
    await pairings.delete(name);
    // A sender was let in when it was approved; a device only when it collects its token.
    const isDone = holder.resource.subject.case === "sender" && holder.resource.state !== State.PENDING;
    const value = isDone ? holder.resource : patch(holder.resource, { state: State.EXPIRED });
    await recorder.record(Change.DELETED, name, { case: "pairingRequest", value });
  }

  async #make(wanted: NewPairing, digest: Uint8Array): Promise<PairingRequest> {
    let name = "";
    try {
      return await this.#parts.changes.transact(gatewayActor, async (recorder) => {
        const { pairings } = recorder.tables.access;
        const { setupCode, scopes } = wanted;
        const code = setupCode === "" ? undefined : await spendSetupCode(recorder, setupCode, scopes);
        const open = await pairings.list("", allOfThem);
        const waiting = open.filter(({ resource }) => resource.subject.case === "device");
        if (code === undefined) this.#checkRoom(waiting.length, wanted.peer.bucket);
        const made = pairingFrom(recorder, wanted, { code, takenCodes: open.map(({ resource }) => resource.code) });
        await pairings.put({ resource: made, digest });
        await recorder.record(Change.CREATED, made.name, { case: "pairingRequest", value: made });
        name = made.name;
        // Counted before it is safe on disk: requests that come together must not all find the same room.
        if (code === undefined) this.#peers.set(name, wanted.peer.bucket);
        return made;
      });
    } catch (error) {
      this.#peers.delete(name);
      throw error;
    }
  }

  #checkRoom(waiting: number, peer: string): void {
    const ofPeer = [...this.#peers.values()].filter((bucket) => bucket === peer).length;
    const next = "decide about some, or wait five minutes";
    if (ofPeer >= maxWaitingPerPeer) throw accessFull("pairing requests of your address", maxWaitingPerPeer, next);
    if (waiting >= maxWaiting) throw accessFull("pairing requests", maxWaiting, next);
  }

  #requireApproved(request: PairingRequest): void {
    if (this.#isOver(request)) throw expired();
    this.#hear(request.name);
    if (request.state === State.PENDING) throw pairingPending(request.code);
    if (request.state === State.REJECTED) throw pairingRejected();
  }

  #unknown(digest: Uint8Array): Error {
    if (this.#parts.credentials.retiredFor(digest) !== undefined) return collected();
    return credentialsInvalid("there is no such pairing request, or no longer; ask again");
  }

  #fresh(request: PairingRequest): PairingRequest {
    return patch(request, { expireTime: timestampFromMs(this.#endMs(request)) });
  }

  #isOver(request: PairingRequest): boolean {
    return this.#endMs(request) <= this.#parts.clock.nowMs();
  }

  #endMs({ name, expireTime }: PairingRequest): number {
    return Math.max(msOf(expireTime) ?? 0, (this.#heardMs.get(name) ?? 0) + patienceMs);
  }

  #hear(name: string): void {
    this.#heardMs.set(name, this.#parts.clock.nowMs());
  }

  #forget(name: string): void {
    this.#heardMs.delete(name);
    this.#peers.delete(name);
  }
}

function expired(): Error {
  return pairingClosed("this pairing request has expired; ask again");
}

function collected(): Error {
  return pairingClosed("the token of this pairing request was collected already; to get another one, pair again");
}
