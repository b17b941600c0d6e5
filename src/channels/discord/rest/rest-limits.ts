/** How fast Discord wants to be asked: a bucket for each kind of request and place, and one for everything. */

/** What an answer says about it. */
export interface LimitNews {
  readonly status: number;
  readonly headers: Headers;
  /** Seconds, from the body of a refusal. */
  readonly retryAfterS?: number | undefined;
  /** The refusal is about everything we ask. */
  readonly global?: boolean | undefined;
}

/** Buckets that are remembered at most. */
const mostBuckets = 2_000;

/** Learns from every answer, and says how long to wait. Times are of `performance.now`. */
export class RestLimits {
  readonly #bucketOfRoute = new Map<string, string>();
  /** By bucket and place: when it may be asked again, once nothing is left. */
  readonly #resets = new Map<string, number>();
  #globalMs = 0;

  /** Wait before such a request may go, in ms; 0 when it may go now. */
  waitMs(method: string, path: string): number {
    const until = Math.max(this.#globalMs, this.#resets.get(this.#keyOf(method, path)) ?? 0);
    return Math.max(0, Math.ceil(until - performance.now()));
  }

  /** Takes notice of an answer. */
  learn(method: string, path: string, { status, headers, retryAfterS, global }: LimitNews): void {
    const nowMs = performance.now();
    const bucket = headers.get("x-ratelimit-bucket");
    if (bucket !== null) this.#bucketOfRoute.set(routeOf(method, path), bucket);
    const key = this.#keyOf(method, path);
    if (status === 429) {
      const afterMs = nowMs + refusalMs(headers, retryAfterS);
      if (global || headers.get("x-ratelimit-global") === "true") this.#globalMs = afterMs;
      else this.#resets.set(key, afterMs);
    } else if (headers.get("x-ratelimit-remaining") === "0") {
      this.#resets.set(key, nowMs + 1_000 * numberOf(headers.get("x-ratelimit-reset-after"), 0));
    }
    if (this.#resets.size <= mostBuckets) return;
    for (const [name, resetMs] of this.#resets) if (resetMs <= nowMs) this.#resets.delete(name);
  }

  #keyOf(method: string, path: string): string {
    const route = routeOf(method, path);
    return `${this.#bucketOfRoute.get(route) ?? route} ${placeOf(path)}`;
  }
}

/** What a refusal wants us to wait, in ms. */
export function refusalMs(headers: Headers, retryAfterS: number | undefined): number {
  return Math.ceil(1_000 * (retryAfterS ?? numberOf(headers.get("retry-after"), 1)));
}

/** The request without the ids, emoji and tokens in it. */
function routeOf(method: string, path: string): string {
  const plain = path.split("?", 1)[0] ?? "";
  const route = plain.replace(/\/reactions\/[^/]+/, "/reactions/:emoji").replace(/\/\d{5,}/g, "/:id");
  return `${method} ${route.replace(/^\/interactions\/:id\/[^/]+/, "/interactions/:id/:token")}`;
}

/** Each channel and guild has its own allowance. */
function placeOf(path: string): string {
  return /^\/(?:channels|guilds)\/\d+/.exec(path)?.[0] ?? "";
}

function numberOf(text: string | null, otherwise: number): number {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : otherwise;
}
