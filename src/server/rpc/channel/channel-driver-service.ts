/** ChannelDriverService: unpack the request, ask the core, pack the answer. */

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type {
  AttachChannelResponseSchema,
  ChannelDriverService,
  CompleteDeliveryRequest,
} from "../../../../gen/openclaw/gateway/v1/channel_driver_service_pb.ts";
import {
  CapabilitiesSchema,
  type Channel,
  Channel_State as State,
} from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { DriverFrame, DriverResult } from "../../../core/channel/driver/driver-desk.ts";
import type { Drivers } from "../../../core/channel/driver/drivers.ts";
import { invalidField } from "../../../core/errors.ts";
import type { Clock } from "../../../lib/clock.ts";
import { callerKey } from "../../caller-key.ts";

/** Drivers over the wire. */
export function channelDriverService(drivers: Drivers, clock: Clock): ServiceImpl<typeof ChannelDriverService> {
  return {
    async *attachChannel({ name, title, capabilities }, { values, signal }) {
      const driver = { channel: name, title, capabilities: capabilities ?? create(CapabilitiesSchema) };
      const { channel, frames } = await drivers.attach(driver, values.get(callerKey).principal, signal);
      for await (const frame of frames) yield { frame: toFrame(frame, channel, clock) };
      signal.throwIfAborted();
    },
    async reportInbound({ channel, message, backfillCursor }, { values }) {
      if (message === undefined) throw invalidField("message", "is empty; send what came in");
      const { principal } = values.get(callerKey);
      return { ingress: await drivers.receive({ channel, message, backfillCursor }, principal) };
    },
    async completeDelivery(request, { values }) {
      const { principal } = values.get(callerKey);
      return { delivery: await drivers.complete(request, resultOf(request), principal) };
    },
    async reportState({ name, attachment, state, reason }, { values }) {
      if (state !== State.ONLINE && state !== State.OFFLINE) {
        throw invalidField("state", "is one of STATE_ONLINE, STATE_OFFLINE");
      }
      const said = { name, attachment, online: state === State.ONLINE, reason };
      await drivers.report(said, values.get(callerKey).principal);
      return {};
    },
  };
}

type Frame = NonNullable<MessageInitShape<typeof AttachChannelResponseSchema>["frame"]>;

function toFrame(frame: DriverFrame, channel: Channel, clock: Clock): Frame {
  switch (frame.kind) {
    case "attached": {
      const { attachment, backfillCursor } = frame;
      return { case: "attached", value: { channel, attachment, backfillCursor } };
    }
    case "attempt": {
      const { delivery: name, action, address, attempt } = frame;
      const delivery = { name, ...(action && { action }) };
      return { case: "delivery", value: { delivery, address, attempt, settle: action === undefined } };
    }
    case "typing":
      return { case: "typing", value: { address: frame.address, active: frame.active } };
    case "detached":
      return { case: "detached", value: { reason: frame.reason } };
    case "heartbeat":
      return { case: "heartbeat", value: timestampFromMs(clock.nowMs()) };
  }
}

function resultOf({ result }: CompleteDeliveryRequest): DriverResult {
  switch (result.case) {
    case "sent":
      return { kind: "sent", platformIds: result.value.platformIds };
    case "unsent": {
      const { message, permanent, retryAfter } = result.value;
      const retryAfterMs = retryAfter && durationMs(retryAfter);
      return { kind: "unsent", message, permanent, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
    case "ambiguous":
      return { kind: "ambiguous", message: result.value.message };
    default:
      throw invalidField("result", "is empty; say sent, unsent or ambiguous");
  }
}
