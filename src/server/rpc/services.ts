/** Every service of the gateway, in one list. */

import type { ConnectRouter } from "@connectrpc/connect";
import { AgentService } from "../../../gen/openclaw/gateway/v1/agent_service_pb.ts";
import { BlobService } from "../../../gen/openclaw/gateway/v1/blob_service_pb.ts";
import { CareService } from "../../../gen/openclaw/gateway/v1/care_service_pb.ts";
import { ChannelDriverService } from "../../../gen/openclaw/gateway/v1/channel_driver_service_pb.ts";
import { ChannelSettingsService } from "../../../gen/openclaw/gateway/v1/channel_settings_service_pb.ts";
import { DeliveryService } from "../../../gen/openclaw/gateway/v1/delivery_service_pb.ts";
import { EventService } from "../../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { ExplainService } from "../../../gen/openclaw/gateway/v1/explain_service_pb.ts";
import { GatewayService } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { IngressService } from "../../../gen/openclaw/gateway/v1/ingress_service_pb.ts";
import { RunService } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { SessionService } from "../../../gen/openclaw/gateway/v1/session_service_pb.ts";
import type { Core } from "../../core/core.ts";
import type { Clock } from "../../lib/clock.ts";
import { registerAccess } from "./access-service.ts";
import { agentService } from "./agent-service.ts";
import { careService } from "./care-service.ts";
import { blobService } from "./channel/blob-service.ts";
import { channelDriverService } from "./channel/channel-driver-service.ts";
import { channelSettingsService } from "./channel/channel-settings-service.ts";
import { deliveryService } from "./channel/delivery-service.ts";
import { explainService } from "./channel/explain-service.ts";
import { ingressService } from "./channel/ingress-service.ts";
import { registerChannels } from "./channel-service.ts";
import { registerConfig } from "./config-service.ts";
import type { GatewayProcess } from "./describe-gateway.ts";
import { eventService } from "./event-service.ts";
import { gatewayService } from "./gateway-service.ts";
import { runService } from "./run-service.ts";
import { sessionService } from "./session-service.ts";

/** Registers every service. */
export function registerServices(
  router: ConnectRouter,
  parts: { core: Core; process: GatewayProcess; clock: Clock },
): void {
  const { core, process, clock } = parts;
  registerAccess(router, parts);
  registerConfig(router, process.configuration);
  registerChannels(router, parts);
  router
    .service(GatewayService, gatewayService(core, process, clock))
    .service(SessionService, sessionService(core))
    .service(RunService, runService(core))
    .service(EventService, eventService(core))
    .service(AgentService, agentService(core))
    .service(CareService, careService(core.care))
    .service(BlobService, blobService(core.blobs))
    .service(DeliveryService, deliveryService(core))
    .service(IngressService, ingressService(core))
    .service(ExplainService, explainService(core.explain))
    .service(ChannelSettingsService, channelSettingsService(core.channelOperator.updates))
    .service(ChannelDriverService, channelDriverService(core.drivers, clock));
}
