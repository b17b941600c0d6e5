/** A quick look at `gateway` for programs that only want to call it. */

import { type AuthMode, type BindMode, defaultConfig, type GatewayConfig, type TlsConfig } from "../config.ts";
import { isObject } from "../edit/plain-value.ts";

/** What is read of it. */
export type PlainGateway = Pick<GatewayConfig, "port" | "auth" | "tls" | "bind" | "customBindHost">;

const binds: readonly unknown[] = ["loopback", "lan", "tailnet", "auto", "custom"] satisfies BindMode[];

/** Keys of `gateway` that are the gateway's own business. */
const otherKeys: Record<Exclude<keyof GatewayConfig, keyof PlainGateway>, true> = {
  mode: true,
  allowedHosts: true,
  controlUi: true,
  reload: true,
};

/**
 * The keys a client needs (port, auth, tls), when each of them is plainly right, and where the gateway binds, which is left
 * out when it is not: to a client that does not matter. The others are undefined. Returns undefined
 * when anything about them needs a closer look, a key that may be one of them misspelt included: the schema then says what is
 * wrong.
 */
export function readPlainGateway(file: unknown): PlainGateway | undefined {
  if (!isObject(file)) return undefined;
  const { port, auth = {}, tls = {}, bind, customBindHost, ...others } = isObject(file.gateway) ? file.gateway : {};
  const plain =
    (file.gateway === undefined || isObject(file.gateway)) &&
    Object.keys(file).every((key) => key in defaultConfig || key === "$schema") &&
    Object.keys(others).every((key) => key in otherKeys) &&
    (port === undefined || isPort(port)) &&
    isPlainAuth(auth) &&
    isPlainTls(tls);
  if (!plain) return undefined;
  return {
    port,
    auth,
    tls: { ...tls, enabled: tls.enabled ?? false, autoGenerate: tls.autoGenerate ?? true },
    ...(isBind(bind) && { bind }),
    ...(typeof customBindHost === "string" && { customBindHost }),
  };
}

function isBind(value: unknown): value is BindMode {
  return binds.includes(value);
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
}

function isPlainAuth(value: unknown): value is { mode?: AuthMode; token?: string; password?: string } {
  if (!isObject(value)) return false;
  const { mode, token, password, ...others } = value;
  const modeKnown = mode === undefined || mode === "token" || mode === "password" || mode === "none";
  const tokenPlain = token === undefined || (typeof token === "string" && /^[\x21-\x7e]+$/.test(token));
  const passwordPlain = password === undefined || (typeof password === "string" && password !== "");
  return modeKnown && tokenPlain && passwordPlain && Object.keys(others).length === 0;
}

function isPlainTls(value: unknown): value is Partial<TlsConfig> {
  if (!isObject(value)) return false;
  const { enabled, autoGenerate, certPath, keyPath, ...others } = value;
  const switches = [enabled, autoGenerate].every((flag) => flag === undefined || typeof flag === "boolean");
  const paths = [certPath, keyPath].every((path) => path === undefined || (typeof path === "string" && path !== ""));
  const paired = (certPath === undefined) === (keyPath === undefined);
  const certain = enabled !== true || autoGenerate !== false || certPath !== undefined;
  return switches && paths && paired && certain && Object.keys(others).length === 0;
}
