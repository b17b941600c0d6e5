/** The decision about who asks to be let in. */

import {
  type DeviceSubject,
  type PairingRequest,
  PairingRequest_State as State,
} from "../../../../gen/openclaw/gateway/v1/access_pb.ts";
import { Event_Change as Change } from "../../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Scope } from "../../../../gen/openclaw/gateway/v1/options_pb.ts";
import { settleSender } from "../../channel/sender/settle-sender.ts";
import { invalidField } from "../../errors.ts";
import { patch, type Recorder } from "../../recorder.ts";
import { pairingClosed } from "../access-failures.ts";
import { checkText, maxTitleLength, momentOf } from "../access-parts.ts";
import type { Holder } from "../access-table.ts";
import { type Caller, checkScopes, expandScopes, requireGrantable } from "../scopes.ts";

/** What somebody decided. */
export interface PairingDecision {
  /** "pairingRequests/{request}". */
  readonly name: string;
  readonly approve: boolean;
  /** A narrower grant; empty: as asked. */
  readonly scopes: readonly Scope[];
  /** Another title; empty: as asked. */
  readonly title: string;
  readonly caller: Caller;
}

/**
 * The request after the decision. An approval can be taken back until its token is collected, a rejection stands. Fails with
 * FIELD_INVALID, PAIRING_CLOSED, or SCOPE_MISSING when the caller cannot grant what is asked.
 */
export async function decidePairing(
  recorder: Recorder,
  { resource: request, digest }: Holder<PairingRequest>,
  decision: PairingDecision,
): Promise<PairingRequest> {
  const wanted = decision.approve ? State.APPROVED : State.REJECTED;
  if (request.state === wanted) return request;
  if (request.state === State.REJECTED)
    throw pairingClosed("the pairing request was rejected; the device has to ask again");
  checkText(decision.title, "title", maxTitleLength);
  const next = patch(request, {
    state: wanted,
    decider: decision.caller.principal,
    title: decision.title.trim() === "" ? request.title : decision.title,
    subject: decision.approve ? grantedSubject(request, decision) : request.subject,
  });
  await recorder.tables.access.pairings.put({ resource: next, digest });
  await recorder.record(Change.UPDATED, next.name, { case: "pairingRequest", value: next });
  if (next.subject.case === "sender") await settleSender(recorder, next, decision.caller);
  return next;
}

/** Every subject gets what was decided for its kind. */
function grantedSubject({ subject }: PairingRequest, decision: PairingDecision): PairingRequest["subject"] {
  if (subject.case !== "device") return subject;
  return { case: "device", value: grantedDevice(subject.value, decision) };
}

function grantedDevice(asked: DeviceSubject, { scopes, caller }: PairingDecision): DeviceSubject {
  const granted = scopes.length === 0 ? asked.scopes : checkScopes(scopes, "scopes");
  const wanted = expandScopes(asked.scopes);
  if (!granted.every((scope) => wanted.includes(scope))) {
    throw invalidField("scopes", "grants more than the device asked for; grant what it asked for, or less");
  }
  requireGrantable(caller, granted);
  const commands = granted.includes(Scope.NODE) ? asked.commands : [];
  return patch(asked, { scopes: [...granted], commands, grantExpireTime: momentOf(caller.expireTimeMs) });
}
