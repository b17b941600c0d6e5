/** ChannelService: unpack the request, ask the core, pack the answer. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import type { Channel } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import {
  ChannelService,
  type LogInChannelResponse,
  LogInChannelResponseSchema,
  ProbeSchema,
} from "../../../gen/openclaw/gateway/v1/channel_service_pb.ts";
import { requireChannelName } from "../../core/channel/channel-names.ts";
import { requireDirectoryKind } from "../../core/channel/channel-operator.ts";
import type { LoginStep } from "../../core/channel/network.ts";
import type { Core } from "../../core/core.ts";
import { pageOf, pageSize } from "../../core/paging.ts";
import type { Clock } from "../../lib/clock.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { callerKey } from "../caller-key.ts";

/** Silence after which a login stream sends a heartbeat, in ms. */
const heartbeatMs = 15_000;

/** Offers the channels. */
export function registerChannels(router: ConnectRouter, parts: { core: Core; clock: Clock }): void {
  router.service(ChannelService, channelService(parts.core, parts.clock));
}

function channelService(
  { channelOperator: operator, addressBook, events }: Core,
  clock: Clock,
): ServiceImpl<typeof ChannelService> {
  return {
    async listChannels(request) {
      const { channels, sequence } = await operator.list();
      return { ...channelPage(channels, request), cursor: events.cursor(sequence) };
    },
    async getChannel({ name, probe }) {
      const channel = await operator.get(name);
      if (!probe) return { channel };
      const result = await operator.probe(name);
      const time = timestampFromMs(clock.nowMs());
      return { channel: await operator.get(name), probe: create(ProbeSchema, { ...result, time }) };
    },
    async startChannel({ name }, { values }) {
      return { channel: await operator.start(name, values.get(callerKey).principal) };
    },
    async stopChannel({ name }, { values }) {
      return { channel: await operator.stop(name, values.get(callerKey).principal) };
    },
    async restartChannel({ name }, { values }) {
      return { channel: await operator.restart(name, values.get(callerKey).principal) };
    },
    async *logInChannel({ name, force }, { values, signal }) {
      const actor = values.get(callerKey).principal;
      const steps = operator.logIn(name, { force, actor, signal });
      for await (const step of withHeartbeats(steps, signal)) yield loginFrame(step, clock);
      const channel = await operator.get(name);
      yield create(LogInChannelResponseSchema, { step: { case: "channel", value: channel } });
    },
    answerLogIn({ name, answer }) {
      operator.answer(name, answer);
      return {};
    },
    async logOutChannel({ name }, { values }) {
      return { channel: await operator.logOut(name, values.get(callerKey).principal) };
    },
    async listConversations(request) {
      const { conversations, nextPageToken } = await addressBook.listConversations(request);
      return { conversations: [...conversations], nextPageToken };
    },
    async lookUpDirectory({ parent, kind, query, pageSize: size }) {
      const limit = pageSize(size);
      const wanted = { kind: requireDirectoryKind(kind), query, limit };
      const entries = await operator.lookUp(requireChannelName(parent, "parent"), wanted);
      return { entries: [...entries] };
    },
    async listSenders(request) {
      const { senders, nextPageToken } = await addressBook.listSenders(request);
      return { senders: [...senders], nextPageToken };
    },
    async deleteSender({ name }, { values }) {
      await addressBook.deleteSender(name, values.get(callerKey).principal);
      return {};
    },
  };
}

function channelPage(all: readonly Channel[], request: { readonly pageSize: number; readonly pageToken: string }) {
  const { items, nextPageToken } = pageOf({ title: "channels", items: all, keyOf: ({ name }) => name }, request);
  return { channels: items, nextPageToken };
}

/** The steps, and a heartbeat whenever none came for a while. */
async function* withHeartbeats(
  steps: AsyncIterable<LoginStep>,
  signal: AbortSignal,
): AsyncGenerator<LoginStep | "heartbeat"> {
  const iterator = steps[Symbol.asyncIterator]();
  // The headers leave with the first frame.
  yield "heartbeat";
  try {
    for (;;) {
      const next = iterator.next();
      // Raced again after a heartbeat: a rejection that nobody waits for just then is heard the next time.
      next.catch(() => {});
      let result: IteratorResult<LoginStep> | "heartbeat" = "heartbeat";
      while (result === "heartbeat") {
        result = await raceAbort(Promise.race([next, silence()]), signal);
        if (result === "heartbeat") yield "heartbeat";
      }
      if (result.done) return;
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}

function silence(): Promise<"heartbeat"> {
  return new Promise((resolve) => {
    setTimeout(resolve, heartbeatMs, "heartbeat").unref();
  });
}

function loginFrame(step: LoginStep | "heartbeat", clock: Clock): LogInChannelResponse {
  const secret = step !== "heartbeat" && step.kind === "prompt" && step.secret === true;
  return create(LogInChannelResponseSchema, { step: frameOf(step, clock), secret });
}

function frameOf(step: LoginStep | "heartbeat", clock: Clock): LogInChannelResponse["step"] {
  if (step === "heartbeat") return { case: "heartbeat", value: timestampFromMs(clock.nowMs()) };
  if (step.kind === "qr") return { case: "qr", value: step.text };
  if (step.kind === "link") return { case: "link", value: step.url };
  return { case: "prompt", value: step.question };
}
