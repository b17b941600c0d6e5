/** Asks a person what a gateway is to be like. What is there already is the answer to every question. */

import { displayPath } from "../../config/environment.ts";
import { resolvePort } from "../../config/gateway/resolve-port.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { workspaceFolder } from "../../config/places.ts";
import { askChannel } from "../channel-setup/ask-channel.ts";
import type { Answers, StartMode } from "./answers.ts";
import { askModel } from "./ask-model.ts";
import type { Dialog } from "./dialog.ts";

/** What is known before anything is asked. */
export interface Known {
  readonly loaded: LoadedConfig;
  /** What the flags said; these questions are not asked. */
  readonly given: Answers;
  /** A service can be installed here. */
  readonly canInstall: boolean;
  /** A gateway runs already. */
  readonly runs: boolean;
}

/** Asks, in the order in which it matters. Fails with a CommandFailure when the person leaves. */
export async function askAnswers(dialog: Dialog, known: Known): Promise<Answers> {
  const { loaded, given } = known;
  const model = given.model === undefined ? await askModel(dialog, loaded) : {};
  const keyPlace = model.apiKey === undefined ? given.keyPlace : await askKeyPlace(dialog);
  return {
    ...given,
    ...model,
    keyPlace,
    ...(given.auth === undefined ? await askAuth(dialog, loaded) : {}),
    bind: given.bind ?? (await askBind(dialog, loaded)),
    port: given.port ?? (await askPort(dialog, loaded)),
    workspace: given.workspace ?? (await askWorkspace(dialog, loaded)),
    channel: given.channel ?? (await askChannel(dialog, loaded)),
    start: known.runs ? given.start : await askStart(dialog, known),
    message: given.message === undefined ? undefined : await dialog.text("first message to the agent", given.message),
  };
}

async function askKeyPlace(dialog: Dialog): Promise<Answers["keyPlace"]> {
  return await dialog.choose("keep the key", "env", [
    { value: "env", label: "in .env in the state folder", hint: "only you can read it" },
    { value: "config", label: "in the configuration" },
  ]);
}

async function askAuth(dialog: Dialog, { config }: LoadedConfig): Promise<Pick<Answers, "auth" | "secret">> {
  const { mode } = config.gateway.auth;
  const now = mode === "password" ? "password" : "token";
  const auth = await dialog.choose<"token" | "password">("callers prove who they are with", now, [
    { value: "token", label: "a token", hint: "made by the gateway" },
    { value: "password", label: "a password" },
  ]);
  if (auth === mode || (auth === "token" && mode === undefined)) return {};
  return auth === "token" ? { auth } : { auth, secret: await dialog.secret("password") };
}

async function askBind(dialog: Dialog, { config }: LoadedConfig): Promise<string | undefined> {
  const now = config.gateway.bind ?? "loopback";
  if (now === "custom") return undefined;
  const bind = await dialog.choose<string>("the gateway can be reached from", now, [
    { value: "loopback", label: "this machine only" },
    { value: "tailnet", label: "your tailnet" },
    { value: "lan", label: "every network", hint: "set gateway.tls.enabled, too" },
    { value: "auto", label: "this machine; in a container, every network" },
  ]);
  return bind === now ? undefined : bind;
}

async function askPort(dialog: Dialog, loaded: LoadedConfig): Promise<number | undefined> {
  const now = String(resolvePort(loaded).value);
  const port = await dialog.text("port", now, (text) => {
    return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
      ? undefined
      : "a number from 1 to 65535";
  });
  return port === now ? undefined : Number(port);
}

async function askWorkspace(dialog: Dialog, loaded: LoadedConfig): Promise<string | undefined> {
  const now = displayPath(workspaceFolder(loaded), loaded.home);
  const workspace = await dialog.text("folder agents work in", now);
  return workspace === now ? undefined : workspace;
}

async function askStart(dialog: Dialog, { given, canInstall }: Known): Promise<StartMode> {
  const service = { value: "service", label: "as a service", hint: "it starts with the machine" } as const;
  return await dialog.choose<StartMode>("run it", canInstall ? given.start : "background", [
    ...(canInstall ? [service] : []),
    { value: "background", label: "in the background, now" },
    { value: "none", label: "not now" },
  ]);
}
