/** Asks which model is to answer, and for the key of its provider. */

import type { LoadedConfig } from "../../config/load-config.ts";
import { withLocalState } from "../care/local-state.ts";
import type { Answers } from "./answers.ts";
import type { Choice, Dialog } from "./dialog.ts";

/** A provider as the models wing tells of it. */
interface KnownProvider {
  readonly id: string;
  readonly needsKey: boolean;
  /** It can be used as it is. */
  readonly usable: boolean;
  readonly models: readonly string[];
}

type ModelAnswers = Pick<Answers, "model" | "apiKey" | "baseUrl">;

const other = "other";
const builtIn = "echo/echo";

/** Nothing when everything stays as it is. */
export async function askModel(dialog: Dialog, loaded: LoadedConfig): Promise<ModelAnswers> {
  const providers: readonly KnownProvider[] = await withLocalState(async (state) => state.listProviders(loaded));
  const now = loaded.config.agents.defaults.model.primary;
  const choices: Choice<string>[] = [
    { value: now, label: `keep ${now}` },
    ...providers.map(({ id, usable, needsKey }) => ({ value: id, label: id, hint: hintOf(usable, needsKey) })),
    { value: other, label: "another one", hint: "any server that speaks OpenAI's protocol" },
    ...(now === builtIn ? [] : [{ value: builtIn, label: "the built-in echo model", hint: "for trying things out" }]),
  ];
  const chosen = await dialog.choose("who answers", now, choices);
  if (chosen === now) return {};
  if (chosen === builtIn) return { model: builtIn };
  if (chosen === other) return await askOther(dialog);
  const provider = providers.find(({ id }) => id === chosen);
  if (provider === undefined) return {};
  const model = await askName(dialog, provider);
  const apiKey = provider.needsKey ? await askKey(dialog, provider) : undefined;
  return { model: `${provider.id}/${model}`, apiKey };
}

function hintOf(usable: boolean, needsKey: boolean): string {
  if (!needsKey) return "on this machine, no key";
  return usable ? "its key is set" : "needs a key";
}

async function askName(dialog: Dialog, { models }: KnownProvider): Promise<string> {
  const [first] = models;
  if (first === undefined) return await dialog.text("model, as its server calls it", "");
  const choices = [...models.map((id) => ({ value: id, label: id })), { value: other, label: "another one" }];
  const chosen = await dialog.choose("model", first, choices);
  return chosen === other ? await dialog.text("model, as its provider calls it", "") : chosen;
}

/** A key that is set may stay. */
async function askKey(dialog: Dialog, { usable }: KnownProvider): Promise<string | undefined> {
  const key = await dialog.secret(usable ? "its key (nothing keeps the one that is set)" : "its key", usable);
  return key === "" ? undefined : key;
}

async function askOther(dialog: Dialog): Promise<ModelAnswers> {
  const id = await dialog.text("a name for the provider", "home", (text) => {
    return /^[a-z][a-z0-9_-]{0,63}$/.test(text) ? undefined : "lower-case letters, digits, - and _";
  });
  const baseUrl = await dialog.text("where its API lives", "http://127.0.0.1:8000/v1", (text) => {
    return /^https?:\/\/\S+$/.test(text) ? undefined : "an http or https address";
  });
  const model = await dialog.text("model, as its server calls it", "");
  const key = await dialog.secret("its key (nothing when it needs none)", true);
  return { model: `${id}/${model}`, baseUrl, apiKey: key === "" ? undefined : key };
}
