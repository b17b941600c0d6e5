/** IngressService: unpack the request, ask the core, pack the answer. */

import type { ServiceImpl } from "@connectrpc/connect";
import type { IngressService } from "../../../../gen/openclaw/gateway/v1/ingress_service_pb.ts";
import { getIngress, listIngress } from "../../../core/channel/ingress/list-ingress.ts";
import type { Core } from "../../../core/core.ts";
import { callerKey } from "../../caller-key.ts";

/** Inbound messages over the wire. */
export function ingressService({ store, inbound, channels, events }: Core): ServiceImpl<typeof IngressService> {
  return {
    async listIngress(request) {
      const { sequence, ...page } = await listIngress(store, request);
      return { ingress: [...page.ingress], nextPageToken: page.nextPageToken, cursor: events.cursor(sequence) };
    },
    async getIngress({ name }) {
      return { ingress: await getIngress(store, name) };
    },
    async resubmitIngress({ name }, context) {
      const { principal } = context.values.get(callerKey);
      const settingsOf = (channel: string) => channels.find(channel)?.settings;
      return { ingress: await inbound.resubmit(name, settingsOf, principal) };
    },
  };
}
