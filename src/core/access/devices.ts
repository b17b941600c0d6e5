/** Paired devices: they are listed, renamed, allowed less, and unpaired; each may replace its own token. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Device, DeviceSchema, type PairingRequest } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { Event_Change as Change } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import type { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { makeSecret } from "../../lib/secret/checked-secret.ts";
import { etagMismatch, invalidField, notFound, protectedResource } from "../errors.ts";
import { patch, type Recorder } from "../recorder.ts";
import { accessFull } from "./access-failures.ts";
import {
  type AccessPage,
  type AccessParts,
  bytesWithCommands,
  checkText,
  listHolders,
  maxTitleLength,
  momentOf,
  type PageRequest,
  requireAccessName,
  retire,
} from "./access-parts.ts";
import type { Holder } from "./access-table.ts";
import { credentialShapes, digestOf } from "./credential-shapes.ts";
import { type Caller, checkScopes, expandScopes, requireGrantable } from "./scopes.ts";
import { grantOf } from "./tokens.ts";

/** Devices that may be paired at once. */
const maxDevices = 1_000;

/** A change of a device. */
export interface DeviceChange {
  /** Names the device and holds the new values. */
  readonly device: Device;
  /** Empty: what is set. */
  readonly paths: readonly string[];
  readonly caller: Caller;
}

/** The devices that were let in. */
export class Devices {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /** A page of all devices, oldest first. */
  async list(request: PageRequest): Promise<AccessPage<Device>> {
    const { store } = this.#parts;
    const page = await listHolders(store, request, {
      title: "devices",
      tableOf: ({ access }) => access.devices,
      bytesOf: ({ commands }) => bytesWithCommands(commands),
    });
    return { ...page, items: page.items.map((device) => this.#fresh(device)) };
  }

  /** Renames a device, or allows it less. Fails with NOT_FOUND, ETAG_MISMATCH, FIELD_INVALID or SCOPE_MISSING. */
  async update({ device: wanted, paths, caller }: DeviceChange): Promise<Device> {
    const { changes, credentials } = this.#parts;
    requireAccessName(wanted.name, "devices", "device.name");
    const { device, digest, narrowed } = await changes.transact(caller.principal, async (recorder) => {
      const holder = await this.#manageable(recorder, wanted.name, caller);
      const known = holder.resource;
      if (wanted.etag !== "" && wanted.etag !== known.etag) throw etagMismatch(known.name, known.etag);
      const changed = maskedChanges(known, wanted, paths);
      const next = await putDevice(recorder, { ...holder, resource: patch(known, changed) });
      return { device: next, digest: holder.digest, narrowed: !sameScopes(known.scopes, next.scopes) };
    });
    if (narrowed && digest !== undefined) credentials.narrow(digest, grantOf(device));
    return this.#fresh(device);
  }

  /** Unpairs a device. Fails with NOT_FOUND or SCOPE_MISSING. */
  async delete(name: string, caller: Caller): Promise<void> {
    const { changes, credentials } = this.#parts;
    requireAccessName(name, "devices");
    const digest = await changes.transact(caller.principal, async (recorder) => {
      const holder = await this.#manageable(recorder, name, caller);
      const { devices, setupCodes } = recorder.tables.access;
      await devices.delete(name);
      await setupCodes.deleteOf(name);
      await retire(recorder, holder.digest, "revoked");
      await recorder.record(Change.DELETED, name, { case: "device", value: holder.resource });
      return holder.digest;
    });
    if (digest !== undefined) credentials.end(digest, "revoked");
  }

  /** A new token for the calling device. Fails with PROTECTED when the caller is none. */
  async rotate({ principal }: Caller): Promise<string> {
    const { changes, credentials } = this.#parts;
    if (!principal.startsWith("devices/")) {
      throw protectedResource(principal, "is no paired device; only devices can replace their own token");
    }
    const secret = makeSecret(credentialShapes.deviceToken);
    const digest = digestOf(secret);
    const { device, old } = await changes.transact(principal, async (recorder) => {
      const holder = await recorder.tables.access.devices.find(principal);
      if (holder === undefined) throw notFound(principal);
      const next = await putDevice(recorder, { ...holder, digest });
      await retire(recorder, holder.digest, "replaced");
      return { device: next, old: holder.digest };
    });
    credentials.add(digest, grantOf(device));
    if (old !== undefined) credentials.end(old, "replaced");
    return secret;
  }

  /** The device, if the caller may change it: nobody manages a device that holds more, but each manages itself. */
  async #manageable({ tables }: Recorder, name: string, caller: Caller): Promise<Holder<Device>> {
    const holder = await tables.access.devices.find(name);
    if (holder === undefined) throw notFound(name);
    if (caller.principal !== name) requireGrantable(caller, holder.resource.scopes);
    return holder;
  }

  #fresh(device: Device): Device {
    const seenTime = momentOf(this.#parts.credentials.lastUseMs(device.name)) ?? device.seenTime;
    return { ...device, seenTime };
  }
}

/** The device of an approved request, with the digest of its token. Fails with ACCESS_FULL. */
export async function insertDevice(recorder: Recorder, request: PairingRequest, digest: Uint8Array): Promise<Device> {
  const { devices } = recorder.tables.access;
  if ((await devices.count()) >= maxDevices) throw accessFull("devices", maxDevices, "remove some first");
  const subject = request.subject.case === "device" ? request.subject.value : undefined;
  const device = create(DeviceSchema, {
    name: `devices/${recorder.newId()}`,
    etag: "1",
    title: request.title,
    platform: subject?.platform ?? "",
    scopes: subject?.scopes ?? [],
    commands: subject?.commands ?? [],
    pairTime: timestampFromMs(recorder.nowMs),
    expireTime: subject?.grantExpireTime,
    approver: request.decider,
  });
  await devices.put({ resource: device, digest });
  await recorder.record(Change.CREATED, device.name, { case: "device", value: device });
  return device;
}

/** Keeps a changed device and its event; its etag moves on. */
async function putDevice(recorder: Recorder, holder: Holder<Device>): Promise<Device> {
  const device = patch(holder.resource, { etag: String(Number(holder.resource.etag) + 1) });
  await recorder.tables.access.devices.put({ ...holder, resource: device });
  await recorder.record(Change.UPDATED, device.name, { case: "device", value: device });
  return device;
}

function maskedChanges(known: Device, wanted: Device, paths: readonly string[]): Partial<Device> {
  const set = [...(wanted.title === "" ? [] : ["title"]), ...(wanted.scopes.length === 0 ? [] : ["scopes"])];
  const changes: Partial<Device> = {};
  for (const path of paths.length > 0 ? paths : set) {
    if (path === "title") changes.title = checkedTitle(wanted.title);
    else if (path === "scopes") changes.scopes = narrower(known, wanted.scopes);
    else throw invalidField("update_mask", `${path} cannot be updated; use title, scopes`);
  }
  return changes;
}

function checkedTitle(title: string): string {
  if (title.trim() === "") throw invalidField("device.title", "is empty");
  checkText(title, "device.title", maxTitleLength);
  return title;
}

function narrower(known: Device, wanted: readonly Scope[]): Scope[] {
  const scopes = checkScopes(wanted, "device.scopes");
  if (scopes.length === 0) throw invalidField("device.scopes", "is empty; to allow nothing, delete the device");
  const held = expandScopes(known.scopes);
  if (scopes.every((scope) => held.includes(scope))) return scopes;
  throw invalidField("device.scopes", "can only be narrowed; for more, the device has to be paired again");
}

function sameScopes(a: readonly Scope[], b: readonly Scope[]): boolean {
  return String(expandScopes(a)) === String(expandScopes(b));
}
