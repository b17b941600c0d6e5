/** What a device says when it asks to be let in, and the request that is made of it. */

import { randomInt } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  DeviceSubjectSchema,
  type PairingRequest,
  PairingRequestSchema,
  PairingRequest_State as State,
} from "../../../../gen/openclaw/gateway/v1/access_pb.ts";
import { Scope } from "../../../../gen/openclaw/gateway/v1/options_pb.ts";
import { invalidField } from "../../errors.ts";
import type { Recorder } from "../../recorder.ts";
import { checkText, maxTitleLength, momentOf } from "../access-parts.ts";
import type { SetupCode } from "../access-table.ts";
import { checkScopes } from "../scopes.ts";

/** A request is given up when nobody has heard of who asked for this long. */
export const patienceMs = 5 * 60_000;

/** What is granted when nothing else is said. */
export const usualScopes: readonly Scope[] = [Scope.READ, Scope.WRITE];

/** Code letters without those that look or sound alike. */
const letters = "2346789ABCDEFGHJKMNPQRTUVWXYZ";
const maxPlatformLength = 64;
const maxCommands = 256;
const commandPattern = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;

/** A device that asks to be let in. */
export interface NewPairing {
  readonly title: string;
  readonly platform: string;
  /** Empty: the usual, or all the setup code grants. */
  readonly scopes: readonly Scope[];
  readonly commands: readonly string[];
  /** Empty: none. */
  readonly setupCode: string;
  /** Where it comes from: "address:port", and what it is counted as. */
  readonly peer: { readonly address: string; readonly bucket: string };
}

/** Fails with FIELD_INVALID, naming the first wrong field. */
export function checkPairing({ title, platform, scopes, commands }: NewPairing): void {
  if (title.trim() === "") throw invalidField("title", "is empty; say what to call the device");
  checkText(title, "title", maxTitleLength);
  checkText(platform, "platform", maxPlatformLength);
  const wanted = checkScopes(scopes, "scopes");
  if (commands.length > maxCommands)
    throw invalidField("commands", `has ${commands.length} commands; at most ${maxCommands}`);
  const wrong = commands.findIndex((command) => !commandPattern.test(command));
  if (wrong >= 0) throw invalidField(`commands[${wrong}]`, "is no command: use 1-128 of A-Z a-z 0-9 . _ : / -");
  if (commands.length > 0 && !wanted.includes(Scope.NODE)) {
    throw invalidField("commands", "can only be offered together with SCOPE_NODE");
  }
}

/** The request, approved already when it came with a setup code. `takenCodes` are those of the requests that wait. */
export function pairingFrom(
  recorder: Recorder,
  wanted: NewPairing,
  { code, takenCodes }: { code: SetupCode | undefined; takenCodes: readonly string[] },
): PairingRequest {
  const granted = wanted.scopes.length > 0 ? wanted.scopes : (code?.scopes ?? usualScopes);
  const device = create(DeviceSubjectSchema, {
    scopes: checkScopes(granted, "scopes"),
    platform: wanted.platform,
    remoteAddress: wanted.peer.address,
    commands: [...wanted.commands],
    grantExpireTime: momentOf(code?.grantEndMs),
  });
  return create(PairingRequestSchema, {
    name: `pairingRequests/${recorder.newId()}`,
    state: code === undefined ? State.PENDING : State.APPROVED,
    code: newCode(takenCodes),
    title: wanted.title,
    subject: { case: "device", value: device },
    createTime: timestampFromMs(recorder.nowMs),
    expireTime: timestampFromMs(recorder.nowMs + patienceMs),
    decider: code?.creator ?? "",
  });
}

/** "K7QM-2XRD": people compare it on both sides; nobody proves anything with it. */
function newCode(taken: readonly string[]): string {
  for (;;) {
    const half = (): string => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join("");
    const code = `${half()}-${half()}`;
    if (!taken.includes(code)) return code;
  }
}
