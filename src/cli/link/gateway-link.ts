/** The gateway a command talks to. Nothing is read, loaded or sent before it is needed. */

import type { JsonValue } from "@bufbuild/protobuf";
import type { GatewayClient } from "../../client/gateway-client.ts";
import { processSurroundings } from "../../config/environment.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { loadClientConfig } from "../../config/load-config.ts";
import type { ProfileFlags } from "../../config/profile.ts";
import { type PinnedCertificate, type ResolvedClient, resolveClient } from "../../config/resolve-client.ts";
import { commandRunner } from "../../lib/host/run-command.ts";
import { findOwner } from "../../supervisor/gateway-owner.ts";
import { type GatewayCalls, gatewayCalls } from "./gateway-calls.ts";
import { callJson } from "./json-call.ts";

/** What the command line says about the gateway. */
export interface LinkOptions extends ProfileFlags {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly password?: string | undefined;
  /** Longest time a call may take, in ms. */
  readonly timeout: number;
}

/** Longest time to find out which process is the gateway of this machine, in ms. */
export const ownerMs = 5_000;

/** A gateway, and the configuration that led to it. */
export interface GatewayAddress extends ResolvedClient {
  readonly loaded: LoadedConfig;
}

/** The way to one gateway. */
export class GatewayLink {
  /** Unary methods in JSON: the quick way. Fail with GatewayUnreachable, a GatewayError or a ConfigError. */
  readonly calls: GatewayCalls;
  readonly #options: LinkOptions;
  #address: Promise<GatewayAddress> | undefined;

  /** The way to `address`; without one, to where the options, the environment and the configuration lead. */
  constructor(options: LinkOptions, address?: GatewayAddress) {
    this.#options = options;
    this.#address = address && Promise.resolve(address);
    this.calls = gatewayCalls((method, request) => this.call(method, request, true));
  }

  /** Makes one unary call: "openclaw.gateway.v1.SessionService/ListSessions". Only a repeatable one is tried again. */
  async call(method: string, request: JsonValue, repeatable: boolean): Promise<JsonValue> {
    const { url, credential, pin } = await this.address();
    const authorization = credential && authorizationFrom(credential);
    const timeoutMs = this.#options.timeout;
    return callJson({ url, authorization, timeoutMs, tls: pinned(pin) }, { method, request, repeatable });
  }

  /** Where the gateway is. Fails with a ConfigError when that cannot be decided. */
  address(): Promise<GatewayAddress> {
    this.#address ??= resolve(this.#options);
    return this.#address;
  }

  /** A whole client, for streams. */
  async client(): Promise<GatewayClient> {
    const [{ createGatewayClient }, { createConnectTransport }, { url, credential, pin }] = await Promise.all([
      import("../../client/gateway-client.ts"),
      import("@connectrpc/connect-node"),
      this.address(),
    ]);
    // Over Node's own HTTP client: it starts faster than fetch and can be told which certificate to trust.
    const nodeOptions = { ...pinned(pin), headers: { "user-agent": "openclaw-cli" } };
    const transport = createConnectTransport({ baseUrl: url, httpVersion: "1.1", useBinaryFormat: true, nodeOptions });
    const secret = credential && { [credential.kind]: credential.secret };
    return createGatewayClient({ url, ...secret, timeoutMs: this.#options.timeout, transport });
  }
}

async function resolve({ url, token, password, profile, dev }: LinkOptions): Promise<GatewayAddress> {
  const loaded = await loadClientConfig(processSurroundings({ profile, dev }));
  const owner = await findOwner(loaded.stateDir, commandRunner(loaded.environment, ownerMs));
  return { ...(await resolveClient(loaded, { url, token, password }, owner?.url)), loaded };
}

function authorizationFrom({ kind, secret }: { kind: "token" | "password"; secret: string }): string {
  return kind === "token" ? `Bearer ${secret}` : `Basic ${Buffer.from(`:${secret}`).toString("base64")}`;
}

/** Trusts exactly one certificate, whatever name it was made for. */
function pinned(pin: PinnedCertificate | undefined) {
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
