/** The gateway's unary methods as typed functions from JSON to JSON. Only types of the contract are loaded. */

import type { DescService, JsonValue, MessageJsonType } from "@bufbuild/protobuf";
import type { AgentService } from "../../../gen/openclaw/gateway/v1/agent_service_pb.ts";
import type { EventService } from "../../../gen/openclaw/gateway/v1/event_service_pb.ts";
import type { GatewayService } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import type { RunService } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import type { SessionService } from "../../../gen/openclaw/gateway/v1/session_service_pb.ts";

type Methods<S extends DescService> = S["method"];

/** Unary methods of a service, by local name ("listSessions"). Fields that are empty are absent from answers. */
export type JsonService<S extends DescService> = {
  readonly [M in keyof Methods<S> as Methods<S>[M]["methodKind"] extends "unary" ? M : never]: (
    request: MessageJsonType<Methods<S>[M]["input"]>,
  ) => Promise<MessageJsonType<Methods<S>[M]["output"]>>;
};

/** Every service of the gateway. */
export interface GatewayCalls {
  readonly gateway: JsonService<typeof GatewayService>;
  readonly sessions: JsonService<typeof SessionService>;
  readonly runs: JsonService<typeof RunService>;
  readonly events: JsonService<typeof EventService>;
  readonly agents: JsonService<typeof AgentService>;
}

/** Makes one call: method "openclaw.gateway.v1.SessionService/ListSessions", request, answer. */
export type JsonCaller = (method: string, request: JsonValue) => Promise<JsonValue>;

/** The services, all calls made by `call`. */
export function gatewayCalls(call: JsonCaller): GatewayCalls {
  return {
    gateway: jsonService("GatewayService", call),
    sessions: jsonService("SessionService", call),
    runs: jsonService("RunService", call),
    events: jsonService("EventService", call),
    agents: jsonService("AgentService", call),
  };
}

function jsonService<S extends DescService>(name: string, call: JsonCaller): JsonService<S> {
  const methods = new Proxy(
    {},
    {
      get: (_, local) => {
        const method = String(local);
        const wireName = method.charAt(0).toUpperCase() + method.slice(1);
        return (request: JsonValue) => call(`openclaw.gateway.v1.${name}/${wireName}`, request);
      },
    },
  );
  return methods as JsonService<S>;
}
