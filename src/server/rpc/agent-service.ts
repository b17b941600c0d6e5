/** AgentService: unpack the request, ask the core, pack the answer. */

import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { AgentService } from "../../../gen/openclaw/gateway/v1/agent_service_pb.ts";
import { probeModel } from "../../core/care/probe-model.ts";
import type { Core } from "../../core/core.ts";
import { pageOf } from "../../core/paging.ts";

/** Agents and models over the wire. */
export function agentService({ models, settings }: Core): ServiceImpl<typeof AgentService> {
  return {
    listModels(request) {
      const list = { title: "models", items: models.list(), keyOf: ({ name }: { readonly name: string }) => name };
      const { items, nextPageToken } = pageOf(list, request);
      return { models: items, nextPageToken };
    },
    async testModel(request, { signal }) {
      const model = request.model || settings.agent.model;
      const { problem, latencyMs } = await probeModel(models, model, signal);
      return { model, problem, latency: durationFromMs(latencyMs) };
    },
  };
}
