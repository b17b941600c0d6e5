/** Who can reach the gateway, and what can they see on the way? */

import { type ResolvedGateway, resolveGateway } from "../../config/resolve-gateway.ts";
import { isLoopbackAddress } from "../../lib/ip-address.ts";
import type { Check, Problem } from "../care/check.ts";

/** Bind, authentication, encryption, origins. */
export const exposureCheck: Check = {
  id: "exposure",
  run({ loaded }) {
    if (loaded === undefined) return [];
    const resolved = resolveGateway(loaded);
    const open = resolved.bind.hosts.filter((host) => !isLoopbackAddress(host));
    return [...reach(resolved, open), ...authentication(resolved), ...origins(resolved, open.length > 0)];
  },
};

function reach({ bind, tls }: ResolvedGateway, open: readonly string[]): Problem[] {
  if (open.length === 0) return [];
  const where = open.join(", ");
  const subject = "gateway.bind";
  if (tls !== undefined) {
    const reason = `it listens on ${where}, encrypted: whoever has the token can do everything from there`;
    return [{ severity: "info", subject, reason, fix: "" }];
  }
  // A tailnet encrypts by itself.
  const severity = bind.mode === "tailnet" ? "info" : "error";
  return [
    {
      severity,
      subject,
      reason: `it listens on ${where} without TLS: token and transcripts can be read on the way`,
      fix: bind.mode === "tailnet" ? "" : "set gateway.tls.enabled, or gateway.bind to loopback and use an SSH tunnel",
    },
  ];
}

function authentication({ auth }: ResolvedGateway): Problem[] {
  if (auth.mode !== "none") return [];
  const reason = "every program and every user of this machine can do everything with the gateway";
  return [{ severity: "warning", subject: "gateway.auth.mode", reason, fix: 'set it to "token"' }];
}

function origins({ allowedOrigins }: ResolvedGateway, isOpen: boolean): Problem[] {
  return allowedOrigins.flatMap((origin): Problem[] => {
    const subject = "gateway.controlUi.allowedOrigins";
    if (origin === "*") {
      const reason = "any web page may call the gateway, if it knows the token";
      return [{ severity: isOpen ? "error" : "warning", subject, reason, fix: "name the pages that are yours" }];
    }
    const { protocol, hostname } = URL.parse(origin) ?? { protocol: "https:", hostname: "" };
    if (protocol !== "http:" || isLoopbackAddress(hostname) || hostname === "localhost") return [];
    const reason = `${origin} is not encrypted: whoever is on the way can change the page, and call as it`;
    return [{ severity: "warning", subject, reason, fix: "serve that page with https" }];
  });
}
