/** From flags, environment and configuration to the gateway a command calls, and how it proves who it is. */

import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { configError } from "./config-error.ts";
import { readVariable } from "./environment.ts";
import { readStateFile } from "./file/state-file.ts";
import { readToken, tokenPath } from "./gateway/gateway-token.ts";
import { pairedTokenPath, readPairedToken } from "./gateway/paired-token.ts";
import { resolveAuth } from "./gateway/resolve-auth.ts";
import { resolvePort } from "./gateway/resolve-port.ts";
import type { LoadedConfig } from "./load-config.ts";
import { resolveTls } from "./resolve-gateway.ts";

/** What the command line says about the gateway. */
export interface ClientFlags {
  readonly url?: string;
  readonly token?: string;
  readonly password?: string;
  /** A gateway elsewhere may be called without a credential; else that is an error. */
  readonly anonymous?: boolean;
}

/** What a command shows to prove who it is. */
export interface ClientCredential {
  readonly kind: "token" | "password";
  readonly secret: string;
  /** Where it comes from: "--token", "OPENCLAW_GATEWAY_TOKEN", "gateway.auth.token", or the path of the file with the token. */
  readonly source: string;
}

/** The certificate of the gateway, to be trusted although nobody signed it. */
export interface PinnedCertificate {
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of the certificate: upper-case hexadecimal, "AB:CD:…". */
  readonly fingerprint: string;
}

/** A gateway to call. */
export interface ResolvedClient {
  /** "http://127.0.0.1:18789", without a slash at the end. */
  readonly url: string;
  /**
   * "--url", "OPENCLAW_GATEWAY_URL", where the port of this machine's gateway comes from, or "the running gateway" when that
   * one listens elsewhere.
   */
  readonly urlSource: string;
  /** Undefined when the gateway wants none, or has not made its token yet. */
  readonly credential: ClientCredential | undefined;
  /** Undefined without TLS, while there is no certificate yet, and for other gateways unless one was kept when it was paired. */
  readonly pin: PinnedCertificate | undefined;
}

/** A gateway, and the configuration that led to it. */
export interface GatewayAddress extends ResolvedClient {
  readonly loaded: LoadedConfig;
}

/**
 * `--url`, else OPENCLAW_GATEWAY_URL, else the gateway of this machine: where it runs now (`running`, its own word for it),
 * else where the configuration has it. The secrets of this machine's gateway are only ever
 * given to that one: an address from a flag is called with credentials from flags, one from the environment with credentials
 * from flags or the environment, either with the token this machine got when it was paired with exactly that address, and
 * without any a ConfigError says so.
 */
export async function resolveClient(
  loaded: LoadedConfig,
  flags: ClientFlags = {},
  running?: string,
): Promise<ResolvedClient> {
  const named = namedUrl(loaded, flags);
  if (named !== undefined) {
    const given = givenCredential(loaded, flags, named.urlSource);
    const paired = await readPaired(loaded, named.url);
    const credential = given ?? paired?.credential;
    if (credential === undefined && !flags.anonymous) throw noCredential(named.urlSource);
    return { ...named, credential, pin: paired?.pin };
  }
  const tls = resolveTls(loaded);
  return {
    ...ownUrl(loaded, running),
    credential: await ownCredential(loaded, flags),
    pin:
      tls === undefined ? undefined : await readPin(tls.kind === "files" ? tls.certPath : join(tls.folder, "cert.pem")),
  };
}

function ownUrl(loaded: LoadedConfig, running: string | undefined): { url: string; urlSource: string } {
  const port = resolvePort(loaded);
  const configured = `${loaded.config.gateway.tls.enabled ? "https" : "http"}://127.0.0.1:${port.value}`;
  if (running !== undefined && running !== configured) return { url: running, urlSource: "the running gateway" };
  if (port.value !== 0) return { url: configured, urlSource: port.source };
  throw configError(port.source, "is 0, so the gateway's address is not known", "give it with --url");
}

function namedUrl(loaded: LoadedConfig, flags: ClientFlags): { url: string; urlSource: string } | undefined {
  if (flags.url !== undefined) return { url: parseUrl("--url", flags.url), urlSource: "--url" };
  const variable = readVariable(loaded.environment, "OPENCLAW_GATEWAY_URL");
  if (variable === undefined) return undefined;
  return { url: parseUrl("OPENCLAW_GATEWAY_URL", variable), urlSource: "OPENCLAW_GATEWAY_URL" };
}

function parseUrl(source: string, text: string): string {
  const example = "for example https://assistant.example:18789";
  const url = URL.parse(text);
  if (url === null) throw configError(source, "is not an address", example);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw configError(source, `must begin with http:// or https://, not ${url.protocol}//`, example);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw configError(
      source,
      "must not hold a user, a query or a fragment",
      "give the credential with --token or --password",
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** What the command line says, and for an address of the environment what that says. */
function givenCredential(loaded: LoadedConfig, flags: ClientFlags, urlSource: string): ClientCredential | undefined {
  const fromFlags = onlyOne(flags.token, flags.password, ["--token", "--password"]);
  if (fromFlags !== undefined || urlSource === "--url") return fromFlags;
  const [token, password] = secretVariables.map((name) => readVariable(loaded.environment, name));
  return onlyOne(token, password, secretVariables);
}

const secretVariables = ["OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD"] as const;

/** What was kept when this machine was paired with that address. */
async function readPaired(
  { stateDir }: LoadedConfig,
  url: string,
): Promise<Pick<ResolvedClient, "credential" | "pin"> | undefined> {
  const paired = await readPairedToken(stateDir, url);
  if (paired === undefined) return undefined;
  const { token, certificate } = paired;
  const source = pairedTokenPath(stateDir, url);
  const pin = certificate === undefined ? undefined : pinOf(certificate, source);
  return { credential: { kind: "token", secret: token, source }, pin };
}

function noCredential(urlSource: string): Error {
  if (urlSource === "--url") {
    return configError(
      "--url",
      "is given without a credential, and those of the configuration and the environment are not sent to another address",
      "add --token or --password, or pair this machine with it: openclaw devices pair --url …",
    );
  }
  return configError(
    urlSource,
    "is set without a credential, and those of the configuration are not sent to another address",
    `set ${secretVariables.join(" or ")}, add --token or --password, or pair this machine: openclaw devices pair`,
  );
}

function onlyOne(
  token: string | undefined,
  password: string | undefined,
  sources: readonly [string, string],
): ClientCredential | undefined {
  if (token !== undefined && password !== undefined) {
    throw configError(sources[0], `cannot be used together with ${sources[1]}`, "leave one of them out");
  }
  if (token === "" || password === "") throw configError(sources[token === "" ? 0 : 1], "must not be empty");
  if (token !== undefined) return { kind: "token", secret: token, source: sources[0] };
  return password === undefined ? undefined : { kind: "password", secret: password, source: sources[1] };
}

/** By the rules the gateway itself uses, so that both always mean the same secret. */
async function ownCredential(loaded: LoadedConfig, flags: ClientFlags): Promise<ClientCredential | undefined> {
  const { mode, secret, source } = resolveAuth(loaded, { token: flags.token, password: flags.password });
  if (mode === "none") return undefined;
  if (secret !== undefined) return { kind: mode, secret, source };
  const token = await readToken(loaded.stateDir);
  return token === undefined ? undefined : { kind: "token", secret: token, source: tokenPath(loaded.stateDir) };
}

async function readPin(path: string): Promise<PinnedCertificate | undefined> {
  const certificate = await readStateFile(path);
  return certificate === undefined ? undefined : pinOf(certificate, path);
}

function pinOf(certificate: string, path: string): PinnedCertificate {
  try {
    return { certificate, fingerprint: new X509Certificate(certificate).fingerprint256 };
  } catch {
    throw configError(path, "does not hold a PEM certificate", "put the gateway's certificate there");
  }
}
