/** Requests and responses as the port hands them on: of HTTP/1.1 or of HTTP/2. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Connection } from "./connections.ts";

/** A request of either protocol. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** The response to it. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Called with every request; must not throw. */
export type RequestListener = (request: NodeRequest, response: NodeResponse, connection: Connection) => void;
