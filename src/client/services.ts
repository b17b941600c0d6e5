/** Every service of a gateway, as clients over one transport. */

import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { AccessService } from "../../gen/openclaw/gateway/v1/access_service_pb.ts";
import { AgentService } from "../../gen/openclaw/gateway/v1/agent_service_pb.ts";
import { BlobService } from "../../gen/openclaw/gateway/v1/blob_service_pb.ts";
import { CareService } from "../../gen/openclaw/gateway/v1/care_service_pb.ts";
import { ChannelDriverService } from "../../gen/openclaw/gateway/v1/channel_driver_service_pb.ts";
import { ChannelService } from "../../gen/openclaw/gateway/v1/channel_service_pb.ts";
import { ChannelSettingsService } from "../../gen/openclaw/gateway/v1/channel_settings_service_pb.ts";
import { ConfigService } from "../../gen/openclaw/gateway/v1/config_service_pb.ts";
import { DeliveryService } from "../../gen/openclaw/gateway/v1/delivery_service_pb.ts";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { ExplainService } from "../../gen/openclaw/gateway/v1/explain_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { IngressService } from "../../gen/openclaw/gateway/v1/ingress_service_pb.ts";
import { RunService } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { SessionService } from "../../gen/openclaw/gateway/v1/session_service_pb.ts";

/** Every service, by what its client is called, those that are used most first. */
export const services = {
  gateway: () => GatewayService,
  sessions: () => SessionService,
  runs: () => RunService,
  events: () => EventService,
  agents: () => AgentService,
  care: () => CareService,
  access: () => AccessService,
  channels: () => ChannelService,
  channelSettings: () => ChannelSettingsService,
  config: () => ConfigService,
  ingress: () => IngressService,
  deliveries: () => DeliveryService,
  drivers: () => ChannelDriverService,
  blobs: () => BlobService,
  explain: () => ExplainService,
} as const;

/** One client a service. */
export type GatewayServices = {
  readonly [Name in keyof typeof services]: Client<ReturnType<(typeof services)[Name]>>;
};

/** The clients; each is made when it is first used, and nothing is sent before its first call. */
export function gatewayServices(transport: Transport): GatewayServices {
  const clients = {};
  for (const [name, service] of Object.entries(services)) {
    const get = (): unknown => {
      const value = createClient(service(), transport);
      Object.defineProperty(clients, name, { value, enumerable: true });
      return value;
    };
    Object.defineProperty(clients, name, { get, enumerable: true, configurable: true });
  }
  return clients as GatewayServices;
}
