/** What a decision about a sender does: who was approved is admitted, an approval that is taken back ends that. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type PairingRequest, PairingRequest_State as State } from "../../../../gen/openclaw/gateway/v1/access_pb.ts";
import { SenderSchema } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Scope } from "../../../../gen/openclaw/gateway/v1/options_pb.ts";
import { type Caller, holds } from "../../access/scopes.ts";
import type { Recorder } from "../../recorder.ts";

/** Admits or forgets the sender of a decided request. Nothing happens for requests of others. */
export async function settleSender(recorder: Recorder, request: PairingRequest, caller: Caller): Promise<void> {
  const { subject, title, state } = request;
  if (subject.case !== "sender") return;
  const { sender: name, address } = subject.value;
  const { senders } = recorder.tables;
  if (state !== State.APPROVED) {
    await senders.delete(name);
    return;
  }
  // Only who could name an owner in the configuration makes one by letting somebody in.
  const owner = holds(caller, Scope.ADMIN) && (await senders.findOwner()) === undefined;
  const admitTime = timestampFromMs(recorder.nowMs);
  await senders.put(create(SenderSchema, { name, address, title, admitTime, admittedBy: caller.principal, owner }));
}
