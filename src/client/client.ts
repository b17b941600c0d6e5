/** The client itself: every service of a gateway, and streams that survive a broken connection. */

import type { Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import type { Attachment } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import type { EventStep, FollowEventsOptions } from "./follow-events.ts";
import type { RunStep } from "./follow-run.ts";
import type { GatewayError } from "./gateway-error.ts";
import type { FollowOptions } from "./reopening-stream.ts";
import { retryingTransport } from "./retrying-transport.ts";
import { type GatewayServices, gatewayServices } from "./services.ts";
import type { FileToUpload } from "./upload-file.ts";

/** Where the gateway is and how to call it. */
export interface GatewayClientOptions {
  /** "http://127.0.0.1:18789"; https where the gateway has TLS. */
  readonly url: string;
  /** Gateway token. */
  readonly token?: string | undefined;
  /** Gateway password, for a gateway in password mode; ignored when there is a token. */
  readonly password?: string | undefined;
  /** Longest time of a unary call with its retries, and of opening a stream, in ms; 0 is for ever. Default 30 000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Asked before a unary call is made again that may be: false throws what went wrong at once. Default: a call is made
   * again whenever the gateway is unavailable, refused connections included.
   */
  readonly worthRetrying?: ((error: GatewayError) => boolean) | undefined;
  /** How to reach the gateway; `url` is not used then. Default: the Connect protocol over fetch. */
  readonly transport?: Transport | undefined;
}

/** A connection-less client: every call stands alone, so there is nothing to open or close. */
export interface GatewayClient extends GatewayServices {
  /** What the services above use, credential and retries included; for other services of the same gateway. */
  readonly transport: Transport;
  /** The steps of a run, from its beginning to its terminal state; see `followRun`. */
  followRun(name: string, options?: FollowOptions): AsyncIterable<RunStep>;
  /** The event log from a cursor on; see `followEvents`. */
  followEvents(options?: FollowEventsOptions): AsyncIterable<EventStep>;
  /** Uploads a file, going on where an earlier try broke off; see `uploadFile`. */
  uploadFile(file: FileToUpload): Promise<Attachment>;
}

/**
 * Makes a client. Calls fail with a ConnectError, which `gatewayErrorFrom` reads; the `follow…` iterables throw GatewayErrors.
 * Creating methods get a `request_id` when they have none, so that a retry is never a second request.
 */
export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const transport = retryingTransport(options.transport ?? fetchTransport(options.url), {
    timeoutMs: options.timeoutMs ?? 30_000,
    authorization: authorizationFrom(options),
    worthRetrying: options.worthRetrying,
  });
  const services = gatewayServices(transport);
  return Object.assign(services, {
    transport,
    // Loaded when they are used: most programs, and commands, call a method or two.
    async *followRun(name: string, follow?: FollowOptions) {
      const { followRun } = await import("./follow-run.ts");
      yield* followRun(services.runs, name, follow);
    },
    async *followEvents(follow?: FollowEventsOptions) {
      const { followEvents } = await import("./follow-events.ts");
      yield* followEvents(services.events, follow);
    },
    async uploadFile(file: FileToUpload) {
      const { uploadFile } = await import("./upload-file.ts");
      return uploadFile(services.blobs, file);
    },
  });
}

function fetchTransport(url: string): Transport {
  return createConnectTransport({ baseUrl: url, useBinaryFormat: true });
}

function authorizationFrom({ token, password }: GatewayClientOptions): string | undefined {
  if (token) return `Bearer ${token}`;
  if (!password) return undefined;
  const bytes = new TextEncoder().encode(`:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
