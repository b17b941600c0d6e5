/** What a connection to Matrix is told. */

import { MisconfiguredError } from "../../core/channel/network.ts";
import { isPrivateHost } from "../../lib/web/private-host.ts";

/** Settings of one account; see channels.matrix. */
export interface MatrixSettings {
  /** Origin of the homeserver, without a slash at the end. */
  readonly homeserver: string;
  readonly accessToken: string | undefined;
  readonly login: { readonly userId: string; readonly password: string } | undefined;
  readonly deviceName: string;
  readonly autoJoin: "off" | "allowlist" | "always";
  /** Room ids, aliases or people who invite. */
  readonly autoJoinAllowlist: readonly string[];
}

interface GivenSettings {
  readonly homeserver?: string;
  readonly accessToken?: string;
  readonly userId?: string;
  readonly password?: string;
  readonly deviceName?: string;
  readonly allowPrivateNetwork?: boolean;
  readonly autoJoin?: MatrixSettings["autoJoin"];
  readonly autoJoinAllowlist?: readonly string[];
}

/** Settings whose types were checked with the configuration, completed. Throws MisconfiguredError when one is missing or unsafe. */
export function matrixSettings(settings: unknown): MatrixSettings {
  const given = settings as GivenSettings;
  const { homeserver, accessToken, userId, password, deviceName = "OpenClaw" } = given;
  if (homeserver === undefined) {
    throw new MisconfiguredError("channels.matrix.homeserver is missing; set it, or MATRIX_HOMESERVER");
  }
  const login = userId !== undefined && password !== undefined ? { userId, password } : undefined;
  if (accessToken === undefined && login === undefined) {
    throw new MisconfiguredError("channels.matrix needs accessToken, or userId and password; or MATRIX_ACCESS_TOKEN");
  }
  return {
    homeserver: originOf(homeserver, given.allowPrivateNetwork ?? false),
    accessToken,
    login,
    deviceName,
    autoJoin: given.autoJoin ?? "off",
    autoJoinAllowlist: given.autoJoinAllowlist ?? [],
  };
}

/** Tokens go to this address: it is encrypted, or on a network the operator said is theirs. */
function originOf(homeserver: string, allowPrivate: boolean): string {
  if (!URL.canParse(homeserver)) throw new MisconfiguredError(`channels.matrix.homeserver "${homeserver}" is no URL`);
  const { protocol, hostname, origin } = new URL(homeserver);
  const isPrivate = isPrivateHost(hostname);
  if (isPrivate && !allowPrivate) {
    throw new MisconfiguredError(
      `channels.matrix.homeserver ${hostname} is on a private network; set channels.matrix.allowPrivateNetwork if it is yours`,
    );
  }
  if (protocol !== "https:" && !(protocol === "http:" && isPrivate)) {
    throw new MisconfiguredError(`channels.matrix.homeserver must begin with https://, not ${protocol}//`);
  }
  return origin;
}
