/** DeliveryService: unpack the request, ask the core, pack the answer. */

import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  DeliveryService,
  type SendMessageRequest,
  type SendMessageResponse,
  SendMessageResponseSchema,
} from "../../../../gen/openclaw/gateway/v1/delivery_service_pb.ts";
import type { Core } from "../../../core/core.ts";
import type { SendMessage, SentDeliveries } from "../../../core/delivery/send-message.ts";
import { callerKey } from "../../caller-key.ts";
import { type ResponseCodec, requestOnce } from "../request-once.ts";

/** Deliveries over the wire. */
export function deliveryService({ outbound, events }: Core): ServiceImpl<typeof DeliveryService> {
  const { deliveries } = outbound;
  const sent: ResponseCodec<SentDeliveries, SendMessageResponse> = {
    toResponse: (answer) =>
      create(SendMessageResponseSchema, {
        deliveries: [...answer.deliveries],
        cursor: events.cursor(answer.sequence),
      }),
    fromResponse: (response) => ({
      deliveries: response.deliveries,
      sequence: events.sequence(response.cursor),
    }),
  };
  return {
    async sendMessage(request, context) {
      const once = requestOnce(DeliveryService.method.sendMessage, { request, context }, sent);
      return sent.toResponse(await outbound.send(sendFrom(request, context.values.get(callerKey).principal), once));
    },
    async listDeliveries(request) {
      const { sequence, ...page } = await deliveries.list(request);
      return { deliveries: [...page.deliveries], nextPageToken: page.nextPageToken, cursor: events.cursor(sequence) };
    },
    async getDelivery({ name }) {
      return { delivery: await deliveries.get(name) };
    },
    async retryDelivery({ name }, context) {
      return { delivery: await deliveries.retry(name, context.values.get(callerKey).principal) };
    },
    async discardDelivery({ name }, context) {
      return { delivery: await deliveries.discard(name, context.values.get(callerKey).principal) };
    },
  };
}

function sendFrom({ conversation, action }: SendMessageRequest, actor: string): SendMessage {
  const what = action.case === "content" ? { case: action.case, value: action.value } : action;
  return { conversation, what, actor };
}
