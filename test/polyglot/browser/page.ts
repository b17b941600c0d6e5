/** The script of the page: what the test asks it to do, with the libraries a web developer would take. */

import { ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { GatewayService } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import type { Finding, Task } from "../scenario.ts";
import { converse } from "./conversation.ts";
import { playWebScenario } from "./scenario.ts";

/** How the page speaks to the gateway. */
export type WebProtocol = "connect" | "grpcweb";

/** What the page can do; everything it returns survives JSON. */
export interface PageWindow {
  /** The scenario with connect-web; findings by step. */
  play(protocol: WebProtocol, task: Task): Promise<[string, Finding][]>;
  /** A conversation with our own client. */
  converse(task: Task): Promise<Finding>;
  /** "OK", or why a call did not come through. */
  reach(protocol: WebProtocol, task: Task): Promise<string>;
}

function transportOf(protocol: WebProtocol, baseUrl: string): Transport {
  if (protocol === "grpcweb") return createGrpcWebTransport({ baseUrl });
  return createConnectTransport({ baseUrl, useHttpGet: true });
}

async function reach(protocol: WebProtocol, { url, token }: Task): Promise<string> {
  const client = createClient(GatewayService, transportOf(protocol, url));
  try {
    await client.getGateway({}, { headers: { authorization: `Bearer ${token}` } });
    return "OK";
  } catch (error) {
    return ConnectError.from(error).message;
  }
}

Object.assign(window, {
  play: (protocol: WebProtocol, task: Task) => playWebScenario(transportOf(protocol, task.url), task),
  converse,
  reach,
} satisfies PageWindow);
