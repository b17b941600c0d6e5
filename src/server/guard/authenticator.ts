/** Decides who a call comes from, on every call anew: there is nothing to log in to. */

import { hash, timingSafeEqual } from "node:crypto";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { type Caller, expandScopes } from "../../core/access/scopes.ts";
import { credentialsInvalid, credentialsMissing, rateLimited } from "../../core/errors.ts";
import type { Log } from "../../lib/log.ts";
import { proxyRefused } from "../door-failures.ts";
import type { ServerAuth } from "../server-options.ts";
import type { Lockout } from "./lockout.ts";

/** What a call shows of its sender. */
export interface Presented {
  /** The header `authorization`, if there is one. */
  readonly authorization: string | undefined;
  /** The header `origin`: there is one exactly when a page in a browser calls. */
  readonly origin: string | undefined;
  /** True when the call carries a header that proxies add. */
  readonly proxied: boolean;
  readonly peer: Peer;
}

/** Where a connection comes from. */
export interface Peer {
  /** True when it comes from this machine (which may still be a proxy that speaks for somebody else). */
  readonly loopback: boolean;
  /** What it is counted as when tries are limited: see addressBucket. */
  readonly bucket: string;
}

/** What to send, in words, by mode. */
const hints = {
  token: 'send "authorization: Bearer <gateway token>"',
  password: 'send "authorization: Basic <base64 of :password>"',
};

/** Checks credentials in constant time and locks out who guesses. */
export class Authenticator {
  readonly #mode: ServerAuth["mode"];
  readonly #digest: Buffer;
  readonly #caller: Caller;
  readonly #lockout: Lockout;
  readonly #log: Log;

  /** `auth` must have passed requireSafeBind. */
  constructor(auth: ServerAuth, lockout: Lockout, log: Log) {
    this.#mode = auth.mode;
    this.#digest = digest(auth.secret ?? "");
    const principal = auth.mode === "none" ? "loopback" : auth.mode;
    this.#caller = { principal, scopes: expandScopes([Scope.ADMIN]) };
    this.#lockout = lockout;
    this.#log = log;
  }

  /**
   * The caller. Fails with CREDENTIALS_MISSING, CREDENTIALS_INVALID, or RATE_LIMITED while the source is locked out: then a
   * right credential is refused too, or the answer would tell a guesser that it was right.
   */
  authenticate(presented: Presented): Caller {
    if (this.#mode === "none") {
      if (presented.proxied) throw proxyRefused();
      return this.#caller;
    }
    const source = lockoutSource(presented);
    if (source !== undefined) {
      const remainingMs = this.#lockout.remainingMs(source);
      if (remainingMs > 0) throw rateLimited("wrong credentials", remainingMs);
    }
    if (presented.authorization === undefined) throw credentialsMissing(hints[this.#mode]);
    if (this.#matches(presented.authorization)) return this.#caller;
    this.#recordFailure(source, presented.peer);
    throw credentialsInvalid(hints[this.#mode]);
  }

  #matches(authorization: string): boolean {
    const secret = this.#mode === "token" ? bearerToken(authorization) : basicPassword(authorization);
    return timingSafeEqual(digest(secret ?? ""), this.#digest) && secret !== undefined;
  }

  #recordFailure(source: string | undefined, peer: Peer): void {
    const locked = source !== undefined && this.#lockout.recordFailure(source);
    const message = locked ? "locked out after too many wrong credentials" : "a wrong credential was refused";
    this.#log.warn({ peer: peer.bucket, source: source ?? "exempt" }, message);
  }
}

/**
 * What is counted and locked out; undefined for programs on this machine, which are exempt. A page in a local browser is
 * counted by its origin, so that one page cannot lock out another; what a local proxy forwards is counted as one.
 */
function lockoutSource({ peer, origin, proxied }: Presented): string | undefined {
  if (!peer.loopback) return peer.bucket;
  if (proxied) return "proxy";
  return origin === undefined ? undefined : `origin ${origin.slice(0, 255)}`;
}

function bearerToken(authorization: string): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1];
}

/** The part after the first colon; the part before it, a user name, says nothing here. */
function basicPassword(authorization: string): string | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon < 0 ? undefined : decoded.slice(colon + 1);
}

function digest(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}
