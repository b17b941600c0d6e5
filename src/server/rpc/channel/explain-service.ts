/** ExplainService: unpack the request, ask the core, pack the answer. */

import type { ServiceImpl } from "@connectrpc/connect";
import type { ExplainService } from "../../../../gen/openclaw/gateway/v1/explain_service_pb.ts";
import type { Explain } from "../../../core/explain/explain.ts";

/** Explanations over the wire. */
export function explainService(explain: Explain): ServiceImpl<typeof ExplainService> {
  return {
    async explain({ name }) {
      const { ingress, run, toolCalls, deliveries, steps, conclusion, dollars } = await explain.explain(name);
      return {
        ingress: [...ingress],
        ...(run && { run }),
        toolCalls: [...toolCalls],
        deliveries: [...deliveries],
        steps: steps.map(({ time, ...step }) => (time === undefined ? step : { ...step, time })),
        conclusion,
        ...(dollars !== undefined && { dollars }),
      };
    },
  };
}
