/** The gateways the clients call: one without TLS, one with a certificate it made itself. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "node:tls";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";

/** Where a client finds a gateway. */
export interface Address {
  readonly url: string;
  /** PEM file with its certificate; absent without TLS. */
  readonly caFile?: string;
}

/** Two real processes; `stop` them after the tests. */
export interface Gateways {
  readonly plain: Address;
  readonly tls: Address & { readonly caFile: string };
  stop(): Promise<void>;
}

/** Starts both. `config` is openclaw.json of the one without TLS. */
export async function startGateways(config: Record<string, unknown> = {}): Promise<Gateways> {
  const starting = await Promise.allSettled([
    startGatewayProcess({ config }),
    startGatewayProcess({ config: { gateway: { tls: { enabled: true } } } }),
  ]);
  const started = starting.filter((each) => each.status === "fulfilled").map(({ value }) => value);
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((gateway) => gateway.stop()));
    await Promise.all(started.map((gateway) => removeHome(gateway.home)));
  };
  try {
    const [plain, tls] = starting.map(resultOf) as [GatewayProcess, GatewayProcess];
    const caFile = join(tls.home, "trusted.pem");
    await writeFile(caFile, await presentedCertificate(tls));
    return { plain: { url: plain.url }, tls: { url: tls.url, caFile }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function resultOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

/** The certificate a gateway presents, as PEM, once it is the one the gateway says it has. */
async function presentedCertificate({ url, fingerprint }: GatewayProcess): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
    const certificate = socket.getPeerX509Certificate();
    socket.destroy();
    if (certificate === undefined || !sameFingerprint(certificate.fingerprint256, fingerprint))
      reject(new Error(`${url} presents a certificate that is not the gateway's: ${certificate?.fingerprint256}`));
    else resolve(certificate.toString());
  });
  socket.once("error", reject);
  return promise;
}

function sameFingerprint(presented: string, told: string | undefined): boolean {
  const digits = (text: string): string =>
    text
      .replace(/^sha-?256[:=]?/i, "")
      .replaceAll(":", "")
      .toLowerCase();
  return told !== undefined && digits(presented) === digits(told);
}
