/** Is the certificate good, and for how long? */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { resolveTls } from "../../../config/resolve-gateway.ts";
import { errorWords } from "../../../lib/text/error-words.ts";
import type { Check, Problem } from "../check.ts";

const soonMs = 14 * 86_400_000;

/** Looks at the files TLS is served with. */
export const tlsCheck: Check = {
  id: "tls",
  run({ loaded, nowMs }) {
    const tls = loaded && resolveTls(loaded);
    if (tls === undefined) return [];
    const own = tls.kind === "generated";
    const certPath = own ? join(tls.folder, "cert.pem") : tls.certPath;
    const keyPath = own ? join(tls.folder, "key.pem") : tls.keyPath;
    // The first start makes them.
    if (own && !existsSync(certPath)) return [];
    const fix = own
      ? `delete ${tls.folder} and restart the gateway: it makes another, which clients have to trust anew`
      : "put a new certificate and its key there, and restart the gateway";
    return look({ certPath, keyPath, fix, nowMs });
  },
};

interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
  readonly fix: string;
  readonly nowMs: number;
}

function look({ certPath, keyPath, fix, nowMs }: Certificate): Problem[] {
  const problem = (severity: Problem["severity"], reason: string): Problem[] => [
    { severity, subject: certPath, reason, fix },
  ];
  try {
    const certificate = new X509Certificate(readFileSync(certPath));
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(keyPath)))) {
      return problem("error", `${keyPath} is not its key`);
    }
    const leftMs = certificate.validToDate.getTime() - nowMs;
    const until = certificate.validToDate.toISOString();
    if (leftMs < 0) return problem("error", `it was valid until ${until}`);
    return leftMs < soonMs ? problem("warning", `it is valid until ${until} only`) : [];
  } catch (error) {
    return problem("error", `it cannot be used: ${errorWords(error)}`);
  }
}
