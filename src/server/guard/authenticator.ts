/** Decides who a call comes from, on every call anew: there is nothing to log in to. */

import { timingSafeEqual } from "node:crypto";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { credentialsRevoked } from "../../core/access/access-failures.ts";
import { credentialShapes, digestOf } from "../../core/access/credential-shapes.ts";
import { type Caller, expandScopes } from "../../core/access/scopes.ts";
import { credentialsInvalid, credentialsMissing, rateLimited } from "../../core/errors.ts";
import type { Log } from "../../lib/log.ts";
import { proxyRefused } from "../door-failures.ts";
import type { ServerAuth } from "../server-options.ts";
import type { Lockout } from "./lockout.ts";
import { explainWrongToken } from "./paste.ts";

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

/** Who holds the gateway's own secret. */
interface Owner {
  readonly auth: ServerAuth;
  readonly digest: Buffer;
  readonly caller: Caller;
  readonly ending: AbortController;
}

/** Checks credentials in constant time and locks out who guesses. */
export class Authenticator {
  readonly #lockout: Lockout;
  readonly #log: Log;
  #owner: Owner;

  /** `auth` must have passed requireSafeBind. */
  constructor(auth: ServerAuth, lockout: Lockout, log: Log) {
    this.#owner = ownerOf(auth);
    this.#lockout = lockout;
    this.#log = log;
  }

  /** From now on callers prove who they are this way; what goes on by another secret of the gateway ends. */
  use(auth: ServerAuth): void {
    const before = this.#owner;
    if (auth.mode === before.auth.mode && auth.secret === before.auth.secret) return;
    this.#owner = ownerOf(auth);
    before.ending.abort(credentialsRevoked("replaced"));
  }

  /**
   * The caller. Fails with CREDENTIALS_MISSING, CREDENTIALS_INVALID, CREDENTIALS_REVOKED for one that was good once, or
   * RATE_LIMITED while the source is locked out: then a right credential is refused too, or the answer would tell a guesser
   * that it was right.
   */
  authenticate(presented: Presented): Caller {
    const { auth, caller } = this.#owner;
    const { authorization, proxied, peer } = presented;
    if (auth.mode === "none" && !isNamedCredential(authorization)) {
      if (proxied) throw proxyRefused();
      return caller;
    }
    const source = lockoutSource(presented);
    if (source !== undefined) {
      const remainingMs = this.#lockout.remainingMs(source);
      if (remainingMs > 0) throw rateLimited("wrong credentials", remainingMs);
    }
    const hint = hints[auth.mode === "none" ? "token" : auth.mode];
    if (authorization === undefined) throw credentialsMissing(hint);
    const found = this.#find(authorization);
    if (found !== undefined) return found;
    this.#recordFailure(source, peer);
    throw credentialsInvalid(explainWrong(authorization) ?? hint);
  }

  /** A secret that was good once is no guess, so it is not counted. */
  #find(authorization: string): Caller | undefined {
    const { auth, caller, digest } = this.#owner;
    const token = bearerToken(authorization);
    const secret = auth.mode === "password" ? basicPassword(authorization) : token;
    if (timingSafeEqual(digestOf(secret ?? ""), digest) && secret !== undefined && auth.mode !== "none") return caller;
    return token === undefined ? undefined : auth.credentials?.find(token);
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

function ownerOf(auth: ServerAuth): Owner {
  const principal = auth.mode === "none" ? "loopback" : auth.mode;
  const ending = new AbortController();
  const caller = { principal, scopes: expandScopes([Scope.ADMIN]), ended: ending.signal };
  return { auth, digest: digestOf(auth.secret ?? ""), caller, ending };
}

/** True for a named or device token: whoever shows one wants to be taken for it, even where none is needed. */
function isNamedCredential(authorization: string | undefined): boolean {
  const token = authorization === undefined ? undefined : bearerToken(authorization);
  if (token === undefined) return false;
  const { namedToken, deviceToken } = credentialShapes;
  return token.startsWith(namedToken.prefix) || token.startsWith(deviceToken.prefix);
}

function explainWrong(authorization: string): string | undefined {
  const text = bearerToken(authorization) ?? basicPassword(authorization);
  return text === undefined ? undefined : explainWrongToken(text);
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
