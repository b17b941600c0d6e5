/** What the gateway answered instead of a result. */

import { Code, ConnectError } from "@connectrpc/connect";
import { errorFromJson } from "@connectrpc/connect/protocol-connect";
import { type GatewayError, gatewayErrorFrom } from "../../client/gateway-error.ts";

/** An answer that is no result. */
interface ErrorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Reads the error of the Connect protocol; anything else comes from a server that is no gateway. */
export function readCallError(url: string, answer: ErrorAnswer): GatewayError {
  const fallback = new ConnectError(
    `what answers at ${url} is not an OpenClaw gateway (HTTP ${answer.status})`,
    Code.Unimplemented,
  );
  if (answer.contentType !== "application/json") return gatewayErrorFrom(fallback);
  try {
    return gatewayErrorFrom(errorFromJson(JSON.parse(answer.body), undefined, fallback));
  } catch (error) {
    return gatewayErrorFrom(error instanceof SyntaxError ? fallback : error);
  }
}
