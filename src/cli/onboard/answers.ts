/** What somebody who sets a gateway up wants: only what is to change. */

import { channelPlace, pairFrom, type WantedChannel } from "../channel-setup/channel-edits.ts";
import { readsInput } from "../channel-setup/hidden-values.ts";
import type { OptionValues } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import type { onboardOptions } from "./options.ts";

/** Where a key is kept. */
export type KeyPlace = "env" | "config";

/** How the gateway is to run afterwards. */
export type StartMode = "service" | "background" | "none";

/** What is to change; undefined stays as it is. */
export interface Answers {
  /** "provider/model". */
  readonly model?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly keyPlace: KeyPlace;
  readonly baseUrl?: string | undefined;
  readonly auth?: "token" | "password" | undefined;
  /** The token or password; for a token, the gateway makes one when nobody gives it. */
  readonly secret?: string | undefined;
  readonly bind?: string | undefined;
  readonly port?: number | undefined;
  readonly workspace?: string | undefined;
  /** A channel to set up, or to change. */
  readonly channel?: WantedChannel | undefined;
  readonly start: StartMode;
  /** Undefined: nothing is said. */
  readonly message?: string | undefined;
}

type Options = OptionValues<typeof onboardOptions>;

/** What the flags say. `input` is standard input, for --api-key-stdin. Throws a UsageError for flags that contradict each other. */
export async function answersFrom(options: Options, input: () => Promise<string>): Promise<Answers> {
  const { model, workspace } = options;
  const secret = options["gateway-password"] ?? options["gateway-token"];
  const auth = (options["gateway-auth"] as Answers["auth"]) ?? impliedAuth(options);
  requireConsistent(options, auth);
  const apiKey = options["api-key-stdin"] ? (await input()).trim() : options["api-key"];
  if (apiKey === "") throw new UsageError("the key is empty", "pipe it in, or leave out --api-key-stdin");
  return {
    model,
    apiKey,
    keyPlace: options["key-place"] as KeyPlace,
    baseUrl: options["base-url"],
    auth,
    secret,
    bind: options["gateway-bind"],
    port: options["gateway-port"],
    workspace,
    channel: channelOf(options),
    start: options.start as StartMode,
    message: options["no-message"] ? undefined : options.message,
  };
}

function channelOf({
  channel: word,
  "channel-set": texts,
  "api-key-stdin": stdinIsTaken,
}: Options): WantedChannel | undefined {
  if (word === undefined) {
    if (texts.length === 0) return undefined;
    throw new UsageError("--channel-set is given, and no channel", "say which: --channel irc");
  }
  const [kind = "", id] = word.replace(/^channels\//, "").split(":");
  const account = id === "default" ? undefined : id;
  channelPlace({ kind, account });
  const keys = texts.map((text) => pairFrom(text, "--channel-set"));
  if (stdinIsTaken && readsInput(keys)) {
    throw new UsageError(
      "--api-key-stdin and a key=- both read standard input",
      "give one of them by a file: key=@file",
    );
  }
  return { kind, account, keys };
}

function impliedAuth(options: Options): Answers["auth"] {
  if (options["gateway-password"] !== undefined) return "password";
  return options["gateway-token"] === undefined ? undefined : "token";
}

function requireConsistent(options: Options, auth: Answers["auth"]): void {
  if (options["api-key"] !== undefined && options["api-key-stdin"]) {
    throw new UsageError("--api-key and --api-key-stdin are both given", "leave out one of them");
  }
  if (options["gateway-token"] !== undefined && options["gateway-password"] !== undefined) {
    throw new UsageError("--gateway-token and --gateway-password are both given", "leave out one of them");
  }
  if (auth === "password" && options["gateway-token"] !== undefined) {
    throw new UsageError("--gateway-auth is password, and a token is given", "give --gateway-password");
  }
  if (auth === "token" && options["gateway-password"] !== undefined) {
    throw new UsageError("--gateway-auth is token, and a password is given", "give --gateway-token");
  }
  const keyless = options["base-url"] !== undefined || options["api-key"] !== undefined || options["api-key-stdin"];
  if (keyless && options.model === undefined && options["non-interactive"]) {
    throw new UsageError("a key or an address is given, and no model", "say whose it is: --model provider/model");
  }
}
