/** What a request must get past before anything looks at it: its Host and its Origin. */

import type { Failure } from "../../core/errors.ts";
import { authorityOf } from "../call/universal-request.ts";
import { hostRefused, originRefused, tooLarge } from "../door-failures.ts";
import type { NodeRequest } from "../port/request-listener.ts";
import type { AllowedPeers } from "../server-options.ts";
import { HostGuard } from "./host-guard.ts";
import { type HeaderSet, OriginGuard } from "./origin-guard.ts";

/** The headers an answer carries, or why the request is refused. */
export type GuardVerdict =
  | { readonly kind: "passed"; readonly headers: HeaderSet }
  | { readonly kind: "malformed" }
  | { readonly kind: "refused"; readonly failure: Failure };

const malformed: GuardVerdict = { kind: "malformed" };

/** Judges every request by its headers alone. */
export class RequestGuard {
  readonly #hosts: HostGuard;
  readonly #origins: OriginGuard;

  readonly #headerBytes: number;

  /** `hosts` are the addresses listened on, `headerBytes` the most that the headers of a request may have. */
  constructor(hosts: readonly string[], { allowedHosts, allowedOrigins }: AllowedPeers, headerBytes: number) {
    this.#headerBytes = headerBytes;
    this.#hosts = new HostGuard(hosts, allowedHosts);
    this.#origins = new OriginGuard(allowedOrigins);
  }

  /** The verdict on a request that came over a connection with (`secure`) or without TLS. */
  judge(request: NodeRequest, secure: boolean): GuardVerdict {
    // HTTP/1.1's parser keeps this bound itself; HTTP/2's only tells the peer about it.
    if (isLargerThan(request.rawHeaders, this.#headerBytes)) {
      return { kind: "refused", failure: tooLarge(this.#headerBytes) };
    }
    const authority = authorityOf(request);
    const verdict = this.#hosts.judge(authority);
    if (verdict === "malformed" || authority === undefined || contradicts(request, authority)) return malformed;
    if (verdict === "refused") return { kind: "refused", failure: hostRefused(authority) };
    const { origin } = request.headers;
    const headers = this.#origins.headersFor({ origin, authority, secure });
    if (headers === undefined) return { kind: "refused", failure: originRefused(origin ?? "") };
    return { kind: "passed", headers };
  }
}

/** True when an HTTP/2 request has a Host that is not its :authority: whichever is believed, the other one lies. */
function contradicts({ headers }: NodeRequest, authority: string): boolean {
  return headers.host !== undefined && headers.host !== authority;
}

function isLargerThan(rawHeaders: readonly string[], limitBytes: number): boolean {
  let size = 0;
  for (const part of rawHeaders) size += part.length;
  return size > limitBytes;
}
