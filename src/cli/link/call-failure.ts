/** What a user is told when a call fails. Loaded when one does: only then is it known what it needs. */

import { Code } from "@connectrpc/connect";
import { type GatewayError, gatewayErrorFrom } from "../../client/gateway-error.ts";
import { configExitCode } from "../../config/config-error.ts";
import { displayPath } from "../../config/environment.ts";
import { tokenPath } from "../../config/gateway/gateway-token.ts";
import { pairedTokenPath } from "../../config/gateway/paired-token.ts";
import type { GatewayAddress } from "../../config/resolve-client.ts";
import { type Trouble, troubleOf } from "./trouble.ts";

/** What the gateway tells programs that write their own headers. */
const headerHint = /:? send "authorization: [^"]*"$/;

/** Puts what a call threw in words. `address` is where it went, when that is known. */
export function viewCallFailure(thrown: unknown, address: GatewayAddress | undefined) {
  const error = gatewayErrorFrom(thrown);
  if (isForeign(error) && address) return viewForeign(error, address);
  if (error.reason === "" && address) {
    const trouble = error.code === Code.DeadlineExceeded ? "silent" : troubleOf(error);
    if (error.code === Code.Unavailable || trouble !== "other") return viewUnreachable(error, trouble, address);
  }
  const { reason, metadata, violations, retryAfterMs } = error;
  return {
    message: error.message.replace(headerHint, ""),
    next: nextStep(reason, metadata, address),
    exitCode: reason === "CONFIG_INVALID" ? configExitCode : 1,
    facts: { code: snakeCase(Code[error.code]), reason, metadata, violations, retryAfterMs },
  };
}

function viewUnreachable(error: GatewayError, trouble: Trouble, address: GatewayAddress) {
  const words: Readonly<Record<Trouble, string>> = {
    refused: "the connection was refused",
    unknown: "the name is not known",
    silent: "it did not answer in time",
    untrusted: "its certificate is not trusted",
    other: error.message,
  };
  return {
    message: `no gateway answers at ${address.url} (${words[trouble]})`,
    next: unreachableStep(trouble, address),
    exitCode: 1,
    facts: { code: "unavailable", reason: "", url: address.url },
  };
}

function unreachableStep(trouble: Trouble, { urlSource }: GatewayAddress): string {
  const foreign = isNamed(urlSource);
  if (trouble === "untrusted") {
    if (!foreign) return "another program may have its port, or its certificate changed: restart the gateway";
    return "an authority must have signed it (NODE_EXTRA_CA_CERTS names more of them), or name it with --fingerprint";
  }
  if (trouble === "silent") return "give it more time with --timeout, and look at its log";
  return foreign ? `check the address in ${urlSource}` : "start it with: openclaw gateway run";
}

/** True when the command line or the environment names the gateway. */
function isNamed(urlSource: string): boolean {
  return urlSource === "--url" || urlSource === "OPENCLAW_GATEWAY_URL";
}

/** True for the answers of a server that knows nothing of Connect. */
function isForeign({ reason, message }: GatewayError): boolean {
  return reason === "" && /^HTTP \d+|^unsupported content type/.test(message);
}

function viewForeign({ message, code }: GatewayError, { url, urlSource }: GatewayAddress) {
  return {
    message: `what answers at ${url} is not an OpenClaw gateway (${message})`,
    next: isNamed(urlSource) ? `check the address in ${urlSource}` : "see which program it is: openclaw doctor",
    exitCode: 1,
    facts: { code: snakeCase(Code[code]), reason: "", url },
  };
}

/** Messages of the gateway mostly say what to do; a command line knows a little more. */
function nextStep(
  reason: string,
  metadata: Readonly<Record<string, string>>,
  address: GatewayAddress | undefined,
): string | undefined {
  switch (reason) {
    case "CREDENTIALS_MISSING":
    case "CREDENTIALS_INVALID":
    case "CREDENTIALS_REVOKED":
      return credentialStep(address);
    case "SCOPE_MISSING":
      return scopeStep(address);
    case "SESSION_BUSY":
      return metadata.run ? `wait, or stop it with: openclaw runs cancel ${metadata.run}` : undefined;
    case "NOT_FOUND":
      return listOf(metadata.name ?? "");
    case "PAIRING_REJECTED":
    case "PAIRING_CLOSED":
      return address && `ask again with: openclaw devices pair --url ${address.url}`;
    case "STARTING":
      return "try again in a moment";
    case "MODEL_UNUSABLE":
      return "see: openclaw models list";
    default:
      return undefined;
  }
}

/** Where the names of a collection can be looked up; the first that fits counts. */
const lists: readonly (readonly [name: RegExp, command: string])[] = [
  [/^sessions\/[^/]+\/runs\//, "runs list"],
  [/^sessions\/([^/]+)\/messages\//, "sessions history $1"],
  [/^sessions\//, "sessions list"],
  [/^channels\/[^/]+\/deliveries\//, "deliveries list"],
  [/^channels\/[^/]+\/ingress\//, "ingress list"],
  [/^channels\/([^/]+)\/conversations\//, "ingress list $1"],
  [/^channels\//, "channels list"],
  [/^config\/revisions\//, "config history"],
  [/^configuration key /, "config schema"],
  [/^tokens\//, "tokens list"],
  [/^(?:devices|pairingRequests)\//, "devices list"],
  [/^a run, delivery or ingress/, "runs list, openclaw deliveries list, openclaw ingress list"],
];

/** Undefined for what no command lists. */
function listOf(name: string): string | undefined {
  for (const [pattern, command] of lists) {
    const match = pattern.exec(name);
    if (match) return `see: openclaw ${command.replace("$1", match[1] ?? "")}`;
  }
  return undefined;
}

/** Several credentials may be about: which one holds too little is what a person has to know. */
function scopeStep(address: GatewayAddress | undefined): string | undefined {
  if (!address?.credential) return undefined;
  const source = displayPath(address.credential.source, address.loaded.home);
  return `the credential came from ${source}; give another with --token, or see what this one may: openclaw whoami`;
}

function credentialStep(address: GatewayAddress | undefined): string | undefined {
  if (!address) return undefined;
  const { credential, loaded, url, urlSource } = address;
  const short = (path: string): string => displayPath(path, loaded.home);
  if (credential?.source === pairedTokenPath(loaded.stateDir, url)) {
    return `the token came from ${short(credential.source)}; pair again with: openclaw devices pair --url ${url}`;
  }
  if (isNamed(urlSource)) {
    return `the credential came from ${credential?.source ?? "nowhere"}; give the one of that gateway`;
  }
  const own = tokenPath(loaded.stateDir);
  if (credential?.source === own) {
    return `${url} is another gateway's: its token is not that in ${short(own)}; see: openclaw gateway status --deep`;
  }
  const place = `the gateway's own token is in ${short(own)}`;
  return credential
    ? `the credential came from ${short(credential.source)}; ${place}`
    : `${place}, or give one with --token`;
}

/** "invalid_argument" for "InvalidArgument". */
function snakeCase(name: string | undefined): string | undefined {
  return name?.replace(/\B[A-Z]/g, "_$&").toLowerCase();
}
