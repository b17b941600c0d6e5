/** ChannelDriverService: unpack the request, ask the core, pack the answer. */

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type {
  AttachChannelResponseSchema,
  ChannelDriverService,
  CompleteDeliveryRequest,
  ReportLogInRequest,
} from "../../../../gen/openclaw/gateway/v1/channel_driver_service_pb.ts";
import {
  CapabilitiesSchema,
  type Channel,
  Channel_State as State,
} from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type {
  DriverCondition,
  DriverFrame,
  DriverLoginReport,
  DriverResult,
} from "../../../core/channel/driver/driver-desk.ts";
import type { Drivers } from "../../../core/channel/driver/drivers.ts";
import { invalidField } from "../../../core/errors.ts";
import type { Clock } from "../../../lib/clock.ts";
import { callerKey } from "../../caller-key.ts";

/** Drivers over the wire. */
export function channelDriverService(drivers: Drivers, clock: Clock): ServiceImpl<typeof ChannelDriverService> {
  return {
    async *attachChannel({ name, title, capabilities = create(CapabilitiesSchema), ...request }, { values, signal }) {
      const condition = conditionOf(request.state || State.ONLINE, request.reason);
      const driver = { channel: name, title, capabilities, condition };
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
      const said = { name, attachment, condition: conditionOf(state, reason) };
      await drivers.report(said, values.get(callerKey).principal);
      return {};
    },
    async reportLogIn(request, { values }) {
      const { name, login, step } = request;
      await drivers.reportLogIn(name, { login, step, report: loginReportOf(request) }, values.get(callerKey).principal);
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
    case "logIn":
      return { case: "logIn", value: { login: frame.login, force: frame.force } };
    case "logInAnswer":
      return { case: "logInAnswer", value: { login: frame.login, step: frame.step, answer: frame.answer } };
    case "logInCancelled":
      return { case: "logInCancelled", value: { login: frame.login, reason: frame.reason } };
    case "logOut":
      return { case: "logOut", value: { login: frame.login } };
    case "detached":
      return { case: "detached", value: { reason: frame.reason } };
    case "heartbeat":
      return { case: "heartbeat", value: timestampFromMs(clock.nowMs()) };
  }
}

function conditionOf(state: State, reason: string): DriverCondition {
  if (state === State.ONLINE) return { state: "online", reason };
  if (state === State.OFFLINE) return { state: "offline", reason };
  if (state === State.LOGIN_REQUIRED) return { state: "loginRequired", reason };
  throw invalidField("state", "is one of STATE_ONLINE, STATE_OFFLINE, STATE_LOGIN_REQUIRED");
}

function loginReportOf({ report }: ReportLogInRequest): DriverLoginReport {
  switch (report.case) {
    case "qr":
      return { kind: "qr", text: report.value };
    case "link":
      return { kind: "link", url: report.value };
    case "prompt":
      return { kind: "prompt", question: report.value.question, secret: report.value.secret };
    case "done":
      return { kind: "done", title: report.value.title };
    case "failed":
      return { kind: "failed", reason: report.value.reason };
    default:
      throw invalidField("report", "is empty; say qr, link, prompt, done or failed");
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
