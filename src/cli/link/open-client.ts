/** The client of one gateway. Loaded late: a line that calls nobody does without. */

import { createGatewayClient, type GatewayClient } from "../../client/client.ts";
import type { PinnedCertificate, ResolvedClient } from "../../config/resolve-client.ts";
import { nodeTransport, type TlsOptions } from "./node-transport.ts";
import { usePlainHeaders } from "./plain-headers.ts";
import { troubleOf } from "./trouble.ts";

/** Makes it; nothing is sent yet. Its calls take `timeoutMs` at most, and do not wait for a gateway that is not there. */
export function openClient({ url, credential, pin }: ResolvedClient, timeoutMs: number): GatewayClient {
  usePlainHeaders();
  const secret = credential && { [credential.kind]: credential.secret };
  const worthRetrying = (error: Error): boolean => troubleOf(error) === "other";
  const transport = nodeTransport(url, pinned(pin));
  return createGatewayClient({ url, ...secret, timeoutMs, worthRetrying, transport });
}

/** Trusts exactly one certificate, whatever name it was made for. */
function pinned(pin: PinnedCertificate | undefined): TlsOptions {
  if (!pin) return {};
  return {
    ca: pin.certificate,
    allowPartialTrustChain: true,
    checkServerIdentity: (_host: string, peer: { readonly fingerprint256: string }): Error | undefined =>
      peer.fingerprint256 === pin.fingerprint ? undefined : untrusted(),
  };
}

function untrusted(): Error {
  return Object.assign(new Error("the certificate is not the gateway's own"), { code: "ERR_TLS_CERT_NOT_PINNED" });
}
