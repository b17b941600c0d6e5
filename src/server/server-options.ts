/** What a Server is told when it is made, and the limits it keeps. */

import type { ConnectRouter } from "@connectrpc/connect";
import type { Caller } from "../core/access/scopes.ts";
import type { HttpHooks } from "../core/channel/http-hooks.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { CallListener } from "./call/ended-call.ts";
import type { Page } from "./http/page.ts";

/** How callers prove who they are. `secret` is the token or the password; "none" is for loopback only. */
export interface ServerAuth {
  readonly mode: "token" | "password" | "none";
  readonly secret?: string;
  /** Tokens and devices that are let in beside it; none when absent. */
  readonly credentials?: CredentialFinder;
}

/** Finds the caller with a secret: undefined when it never was one, CREDENTIALS_REVOKED when it is none any more. Never waits. */
export interface CredentialFinder {
  find(secret: string): Caller | undefined;
}

/** Where the gateway listens: every host on the same port. Port 0 is any free one. */
export interface ListenOptions {
  /** IP addresses; "0.0.0.0" and "::" are all of them. At least one. */
  readonly hosts: readonly string[];
  readonly port: number;
}

/** Which names and pages are let in beyond loopback and the gateway's own addresses. */
export interface AllowedPeers {
  /** Origins of pages ("https://assistant.example"), or "*" for any. */
  readonly allowedOrigins: readonly string[];
  /** Values of Host, with or without a port: "gateway.example" allows every port of it. */
  readonly allowedHosts: readonly string[];
}

/** The life of the gateway as the door shows it; the reason is empty while "ready", unless something is held back. */
export interface ServerState {
  readonly state: "starting" | "ready" | "draining" | "readOnly";
  readonly reason: string;
}

/** What a server does besides RPCs and probes. */
export interface ServedBeside {
  /** Paths that are served to GET; none unless given. */
  readonly pages?: readonly Page[];
  /** Paths that networks send POSTs to; none unless given. */
  readonly hooks?: Pick<HttpHooks, "find">;
  /** Hears of every call that ends. */
  readonly onCall?: CallListener;
}

/** Everything a Server needs. */
export interface ServerOptions extends AllowedPeers, ServedBeside {
  readonly listen: ListenOptions;
  /** PEM key and certificate chain. Given: every connection is TLS. Absent: none is. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly auth: ServerAuth;
  /** Registers the gateway's services; health and reflection are added by the server. */
  readonly routes: (router: ConnectRouter) => void;
  /** Asked on every call. */
  readonly state: () => ServerState;
  readonly log: Log;
  readonly clock: Clock;
  /** Bounds that differ from `defaultLimits`. */
  readonly limits?: LimitOverrides;
}

/** Sizes, in bytes. */
export interface SizeLimits {
  /** Of one request message, before and after decompression. */
  readonly messageBytes: number;
  /** Of all headers of one request. */
  readonly headerBytes: number;
}

/** How many of something there may be at once. */
export interface CountLimits {
  /** Connections, of every protocol. */
  readonly connections: number;
  /** Calls in flight on one HTTP/2 connection. */
  readonly callsPerConnection: number;
  /** Open streams in all. */
  readonly streams: number;
  /**
   * Open streams of one principal. The gateway's own secret is one principal however many programs use it, so this is as
   * large as `streams`.
   */
  readonly streamsPerPrincipal: number;
  /** Open streams of one named token or device: none of them can take all there are. */
  readonly streamsPerCredential: number;
  /** Open streams of callers without a credential (health watches, and reflection where it is open). */
  readonly anonymousStreams: number;
}

/** How long something may take, in ms. */
export interface TimeLimits {
  /** From a connection's opening to its first byte, and for a TLS handshake. */
  readonly firstByteMs: number;
  /** For the headers of an HTTP/1.1 request to arrive. */
  readonly headersMs: number;
  /** For a whole request to arrive. */
  readonly requestMs: number;
  /** An idle HTTP/1.1 connection is closed after this: later than clients give theirs up (Go 90 s), or they race. */
  readonly keepAliveMs: number;
  /** For a unary call, from its headers to its answer. */
  readonly unaryMs: number;
  /** Between two HTTP/2 PINGs to one peer. */
  readonly pingIntervalMs: number;
  /** For the answer to a PING; a peer that stays silent is disconnected. */
  readonly pingGraceMs: number;
}

/** Every bound the server keeps. */
export interface ServerLimits {
  readonly sizes: SizeLimits;
  readonly counts: CountLimits;
  readonly times: TimeLimits;
}

/** Bounds that differ from the defaults. */
export interface LimitOverrides {
  readonly sizes?: Partial<SizeLimits>;
  readonly counts?: Partial<CountLimits>;
  readonly times?: Partial<TimeLimits>;
}

/** The bounds of a server that was given none. */
export const defaultLimits: ServerLimits = {
  sizes: { messageBytes: 4 * 1024 * 1024, headerBytes: 16 * 1024 },
  counts: {
    connections: 512,
    callsPerConnection: 256,
    streams: 256,
    streamsPerPrincipal: 256,
    streamsPerCredential: 64,
    anonymousStreams: 16,
  },
  times: {
    firstByteMs: 10_000,
    headersMs: 10_000,
    requestMs: 60_000,
    keepAliveMs: 120_000,
    unaryMs: 30_000,
    pingIntervalMs: 30_000,
    pingGraceMs: 10_000,
  },
};

/** The defaults with the given bounds in place of them. */
export function limitsWith(overrides: LimitOverrides = {}): ServerLimits {
  return {
    sizes: { ...defaultLimits.sizes, ...overrides.sizes },
    counts: { ...defaultLimits.counts, ...overrides.counts },
    times: { ...defaultLimits.times, ...overrides.times },
  };
}
