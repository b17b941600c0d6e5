/** From answers to what is written, and where. */

import { resolveChannels } from "../../config/channels/resolve-channels.ts";
import type { ConfigEdit } from "../../config/edit/edit-text.ts";
import { valueAtPath } from "../../config/edit/key-path.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { withLocalState } from "../care/local-state.ts";
import { planChannel } from "../channel-setup/plan-channel.ts";
import type { Answers } from "./answers.ts";

/** What is written. */
export interface Changes {
  /** Of the configuration; what is there already is not among them. */
  readonly edits: readonly ConfigEdit[];
  /** Variables for .env in the state folder. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What the plan goes by. */
export interface PlanGround {
  /** The configuration as it is written; undefined without a file. */
  readonly written: unknown;
  /** Variable the key of a provider is looked for in. */
  readonly keyVariable: (provider: string) => string;
}

/** Plans everything: what the gateway is to be like, and its channel. Fails as `planChannel` does. */
export async function planSetUp(answers: Answers, loaded: LoadedConfig): Promise<Changes> {
  const { config, environment, tree } = loaded;
  const written: unknown = tree?.written;
  const keyVariable = await withLocalState(async (state) => state.keyVariable);
  const { edits, variables } = planChanges(answers, { written, keyVariable });
  if (answers.channel === undefined) return { edits, variables };
  const known = resolveChannels(config.channels, { messages: config.messages, environment });
  const more = planChannel(answers.channel, { written, known, secretsInConfig: answers.keyPlace === "config" });
  return { edits: [...edits, ...more.edits], variables: { ...variables, ...more.variables } };
}

/** Plans what the gateway is to be like. Secrets go to .env unless the answers say otherwise; the configuration then names the variable where it must. */
export function planChanges(answers: Answers, { written, keyVariable }: PlanGround): Changes {
  const variables: Record<string, string> = {};
  const edits: ConfigEdit[] = [];
  const set = (path: readonly string[], value: unknown): void => {
    if (value !== undefined && valueAtPath(written, path) !== value) edits.push({ path, value });
  };
  const provider = answers.model?.split("/", 1)[0] ?? "";
  const settings = ["models", "providers", provider];
  if (answers.model !== undefined) set(modelPath(written), answers.model);
  if (provider !== "") set([...settings, "baseUrl"], answers.baseUrl);
  if (provider !== "" && answers.apiKey !== undefined) {
    const key = [...settings, "apiKey"];
    if (answers.keyPlace === "config") set(key, answers.apiKey);
    else {
      const name = keyVariable(provider);
      variables[name] = answers.apiKey;
      // A key that is written there would count more than the variable.
      if (valueAtPath(written, key) !== undefined) set(key, `\${${name}}`);
    }
  }
  set(["gateway", "auth", "mode"], answers.auth);
  if (answers.secret !== undefined) addSecret(answers, { written, variables, set });
  set(["gateway", "bind"], answers.bind);
  set(["gateway", "port"], answers.port);
  set(["agents", "defaults", "workspace"], answers.workspace);
  return { edits, variables };
}

/** The model alone, or the first of a list of models. */
function modelPath(written: unknown): string[] {
  const path = ["agents", "defaults", "model"];
  const model = valueAtPath(written, path);
  return typeof model === "object" && model !== null ? [...path, "primary"] : path;
}

interface SecretPlan {
  readonly written: unknown;
  readonly variables: Record<string, string>;
  readonly set: (path: readonly string[], value: unknown) => void;
}

function addSecret({ auth, secret = "" }: Answers, { written, variables, set }: SecretPlan): void {
  const kind = auth === "password" ? "password" : "token";
  const name = `OPENCLAW_GATEWAY_${kind.toUpperCase()}`;
  variables[name] = secret;
  const path = ["gateway", "auth", kind];
  if (valueAtPath(written, path) !== undefined) set(path, `\${${name}}`);
}
