/** Every service of the gateway's API. */

import type { DescService } from "@bufbuild/protobuf";
import {
  AccessService,
  AgentService,
  CareService,
  ChannelService,
  EventService,
  GatewayService,
  RunService,
  SessionService,
} from "../../client/gateway-client.ts";

/** In the order `gateway call` lists them. */
export const services: readonly DescService[] = [
  GatewayService,
  SessionService,
  RunService,
  EventService,
  AgentService,
  CareService,
  AccessService,
  ChannelService,
];
