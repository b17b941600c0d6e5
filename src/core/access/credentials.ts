/**
 * The credentials that are good now, in memory: every call is checked against them without waiting for anything. They are
 * read once at the start and changed right after each transaction that changes them, before its caller hears of it.
 */

import { timingSafeEqual } from "node:crypto";
import type { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import { credentialsRevoked, type EndReason } from "./access-failures.ts";
import { digestOf } from "./credential-shapes.ts";
import { type Caller, expandScopes } from "./scopes.ts";

/** Ended credentials remembered at most; the one that ended first is forgotten first. */
export const maxRetired = 1_000;

/** Timers cannot wait for longer. */
const longestTimerMs = 2 ** 31 - 1;

/** What a credential allows. */
export interface Grant {
  /** "tokens/{token}", "devices/{device}". */
  readonly principal: string;
  /** As granted, without what they imply. */
  readonly scopes: readonly Scope[];
  /** Undefined: never. */
  readonly expireTimeMs: number | undefined;
}

interface Live {
  readonly digest: Uint8Array;
  readonly caller: Caller;
  readonly ending: AbortController;
}

/** Finds the caller a secret belongs to. Digests are SHA-256, see digestOf. */
export class Credentials {
  readonly #clock: Clock;
  readonly #live = new Map<string, Live>();
  readonly #retired = new Map<string, EndReason>();
  readonly #uses = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The caller with this secret; undefined when it never was one. Fails with CREDENTIALS_REVOKED when it is none any more. */
  find(secret: string): Caller | undefined {
    const digest = digestOf(secret);
    const key = keyOf(digest);
    const live = this.#live.get(key);
    if (live === undefined || !timingSafeEqual(live.digest, digest)) {
      const why = this.#retired.get(key);
      if (why !== undefined) throw credentialsRevoked(why);
      return undefined;
    }
    const nowMs = this.#clock.nowMs();
    if ((live.caller.expireTimeMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
      this.end(digest, "expired");
      throw credentialsRevoked("expired");
    }
    this.#uses.set(live.caller.principal, nowMs);
    return live.caller;
  }

  /** Takes a credential up, or takes it up anew. */
  add(digest: Uint8Array, grant: Grant): void {
    const { principal, expireTimeMs } = grant;
    const ending = new AbortController();
    const caller = { principal, scopes: expandScopes(grant.scopes), expireTimeMs, ended: ending.signal };
    this.#live.set(keyOf(digest), { digest, caller, ending });
    this.#watchExpiry();
  }

  /** From now on the credential allows this; what goes on by what it allowed before ends. */
  narrow(digest: Uint8Array, grant: Grant): void {
    const live = this.#live.get(keyOf(digest));
    if (live === undefined) return;
    this.add(digest, grant);
    live.ending.abort(credentialsRevoked("narrowed"));
  }

  /** The credential is none any more; what goes on by it ends. */
  end(digest: Uint8Array, why: EndReason): void {
    const key = keyOf(digest);
    const live = this.#live.get(key);
    this.#live.delete(key);
    this.retire(digest, why);
    if (live !== undefined && why === "revoked") this.#uses.delete(live.caller.principal);
    live?.ending.abort(credentialsRevoked(why));
  }

  /** Remembers a secret that was good once. */
  retire(digest: Uint8Array, why: EndReason): void {
    this.#retired.set(keyOf(digest), why);
    const [oldest] = this.#retired.keys();
    if (this.#retired.size > maxRetired && oldest !== undefined) this.#retired.delete(oldest);
  }

  /** Why a secret is none any more; undefined when it never was one, or still is. */
  retiredFor(digest: Uint8Array): EndReason | undefined {
    return this.#retired.get(keyOf(digest));
  }

  /** When this principal was last let in by this process, ms since the epoch. */
  lastUseMs(principal: string): number | undefined {
    return this.#uses.get(principal);
  }

  /** Principals that were let in since `sinceMs`, and when last. */
  usesSince(sinceMs: number): [principal: string, useTimeMs: number][] {
    return [...this.#uses].filter(([, useTimeMs]) => useTimeMs >= sinceMs);
  }

  /** Stops looking after expiry. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** One timer for the credential that ends next, so that its streams end with it and not with the next call. */
  #watchExpiry(): void {
    this.stop();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { caller } of this.#live.values()) nextMs = Math.min(nextMs, caller.expireTimeMs ?? nextMs);
    if (nextMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(longestTimerMs, Math.max(0, nextMs - this.#clock.nowMs()));
    this.#timer = setTimeout(() => this.#endExpired(), waitMs);
    this.#timer.unref();
  }

  #endExpired(): void {
    const nowMs = this.#clock.nowMs();
    for (const { digest, caller } of [...this.#live.values()]) {
      if ((caller.expireTimeMs ?? Number.POSITIVE_INFINITY) <= nowMs) this.end(digest, "expired");
    }
    this.#watchExpiry();
  }
}

function keyOf(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString("latin1");
}
