/** Every service of a gateway, as clients over one transport. */

import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { AccessService } from "../../gen/openclaw/gateway/v1/access_service_pb.ts";
import { AgentService } from "../../gen/openclaw/gateway/v1/agent_service_pb.ts";
import { BlobService } from "../../gen/openclaw/gateway/v1/blob_service_pb.ts";
import { CareService } from "../../gen/openclaw/gateway/v1/care_service_pb.ts";
import { ChannelDriverService } from "../../gen/openclaw/gateway/v1/channel_driver_service_pb.ts";
import { ChannelService } from "../../gen/openclaw/gateway/v1/channel_service_pb.ts";
import { ConfigService } from "../../gen/openclaw/gateway/v1/config_service_pb.ts";
import { DeliveryService } from "../../gen/openclaw/gateway/v1/delivery_service_pb.ts";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { ExplainService } from "../../gen/openclaw/gateway/v1/explain_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { IngressService } from "../../gen/openclaw/gateway/v1/ingress_service_pb.ts";
import { RunService } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { SessionService } from "../../gen/openclaw/gateway/v1/session_service_pb.ts";

/** One client a service. */
export interface GatewayServices {
  readonly gateway: Client<typeof GatewayService>;
  readonly sessions: Client<typeof SessionService>;
  readonly runs: Client<typeof RunService>;
  readonly events: Client<typeof EventService>;
  readonly agents: Client<typeof AgentService>;
  readonly access: Client<typeof AccessService>;
  readonly care: Client<typeof CareService>;
  readonly config: Client<typeof ConfigService>;
  readonly channels: Client<typeof ChannelService>;
  readonly ingress: Client<typeof IngressService>;
  readonly deliveries: Client<typeof DeliveryService>;
  readonly drivers: Client<typeof ChannelDriverService>;
  readonly blobs: Client<typeof BlobService>;
  readonly explain: Client<typeof ExplainService>;
}

/** Makes them; nothing is sent before the first call. */
export function gatewayServices(transport: Transport): GatewayServices {
  return {
    gateway: createClient(GatewayService, transport),
    sessions: createClient(SessionService, transport),
    runs: createClient(RunService, transport),
    events: createClient(EventService, transport),
    agents: createClient(AgentService, transport),
    access: createClient(AccessService, transport),
    care: createClient(CareService, transport),
    config: createClient(ConfigService, transport),
    channels: createClient(ChannelService, transport),
    ingress: createClient(IngressService, transport),
    deliveries: createClient(DeliveryService, transport),
    drivers: createClient(ChannelDriverService, transport),
    blobs: createClient(BlobService, transport),
    explain: createClient(ExplainService, transport),
  };
}
