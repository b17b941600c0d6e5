/** AgentService: unpack the request, ask the core, pack the answer. */

import type { ServiceImpl } from "@connectrpc/connect";
import type { AgentService } from "../../../gen/openclaw/gateway/v1/agent_service_pb.ts";
import type { Core } from "../../core/core.ts";

/** Agents and models over the wire. */
export function agentService({ models }: Core): ServiceImpl<typeof AgentService> {
  return {
    listModels: () => ({ models: [...models.list()] }),
  };
}
