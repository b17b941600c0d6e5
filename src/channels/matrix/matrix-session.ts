/** Being logged in: with the token of the configuration, or one that a password got us. */

import { type ChannelHost, LoginRequiredError, MisconfiguredError } from "../../core/channel/network.ts";
import { jsonObject } from "../../lib/text/json-object.ts";
import { MatrixApi, MatrixError, path } from "./matrix-api.ts";
import { type Json, textAt } from "./matrix-json.ts";
import type { MatrixSettings } from "./matrix-settings.ts";

/** Who we are. */
export interface MatrixSession {
  readonly api: MatrixApi;
  /** "@claw:example.org". */
  readonly userId: string;
}

/**
 * Logs in as far as necessary, and asks the homeserver who we are. Rejects with MisconfiguredError when it refuses the token
 * or the password, with what `MatrixApi.call` throws otherwise.
 */
export async function openSession(
  settings: MatrixSettings,
  host: ChannelHost,
  signal: AbortSignal,
): Promise<MatrixSession> {
  const { accessToken, homeserver } = settings;
  if (accessToken !== undefined) {
    try {
      return await whoAmI(new MatrixApi(homeserver, accessToken), signal);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      throw new MisconfiguredError("the homeserver refuses channels.matrix.accessToken; set a new one");
    }
  }
  const kept = await keptToken(settings, host);
  if (kept !== undefined) {
    try {
      return await whoAmI(new MatrixApi(homeserver, kept), signal);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      host.log.info({}, "the homeserver ended our session; logging in again");
    }
  }
  return whoAmI(new MatrixApi(homeserver, await logIn(settings, host, signal)), signal);
}

/** Ends a session that a password got us. The token of the configuration is left to whoever made it. */
export async function endSession(settings: MatrixSettings, host: ChannelHost): Promise<void> {
  const kept = await keptToken(settings, host);
  if (kept === undefined) return;
  const signal = AbortSignal.timeout(10_000);
  await new MatrixApi(settings.homeserver, kept)
    .call({ method: "POST", path: path`/client/v3/logout`, body: {}, signal })
    .catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
    });
}

/** True when the homeserver does not know the token. */
function isRefusal(error: unknown): boolean {
  return error instanceof MatrixError && (error.code === "M_UNKNOWN_TOKEN" || error.code === "M_MISSING_TOKEN");
}

async function whoAmI(api: MatrixApi, signal: AbortSignal): Promise<MatrixSession> {
  const answer = await api.call({ method: "GET", path: path`/client/v3/account/whoami`, signal });
  const userId = textAt(answer, "user_id");
  if (userId === "") throw new Error("the homeserver does not say who we are");
  return { api, userId };
}

async function logIn(
  { homeserver, login, deviceName }: MatrixSettings,
  host: ChannelHost,
  signal: AbortSignal,
): Promise<string> {
  if (login === undefined) throw new LoginRequiredError("channels.matrix has no password to log in with");
  const body = {
    type: "m.login.password",
    identifier: { type: "m.id.user", user: login.userId },
    password: login.password,
    initial_device_display_name: deviceName,
  };
  let answer: Json;
  try {
    answer = await new MatrixApi(homeserver).call({ method: "POST", path: path`/client/v3/login`, body, signal });
  } catch (error) {
    if (!(error instanceof MatrixError) || error.status !== 403) throw error;
    throw new MisconfiguredError("the homeserver refuses channels.matrix.userId or its password; check both");
  }
  const accessToken = textAt(answer, "access_token");
  if (accessToken === "") throw new Error("the homeserver logged us in and gave no token");
  await host.saveCredentials(JSON.stringify({ homeserver, user: login.userId, accessToken }));
  return accessToken;
}

/** Of another homeserver or account it is of no use, and must not be shown to this one. */
async function keptToken({ homeserver, login }: MatrixSettings, host: ChannelHost): Promise<string | undefined> {
  const kept = await host.loadCredentials();
  if (kept === undefined || login === undefined) return undefined;
  const parsed = jsonObject(kept) ?? {};
  const fits = textAt(parsed, "homeserver") === homeserver && textAt(parsed, "user") === login.userId;
  return fits ? textAt(parsed, "accessToken") || undefined : undefined;
}
