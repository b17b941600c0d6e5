/**
 * Tells people what they pasted where a secret belongs. Only the text itself is looked at, so nothing is told about which
 * secrets are good here, and nothing of the text is ever repeated.
 */

import { type CredentialKind, credentialShapes } from "../../core/access/credential-shapes.ts";
import { isWhole, secretLength } from "../../lib/secret/checked-secret.ts";

const kindNames: Readonly<Record<CredentialKind, string>> = {
  gatewayToken: "gateway token",
  namedToken: "named token",
  deviceToken: "device token",
  setupCode: "setup code",
  redeemSecret: "redeem secret",
};

const kinds = Object.keys(credentialShapes) as CredentialKind[];

/** Keys of others that people have on their clipboards; the first that fits counts. */
const foreignKeys: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^sk-ant-/, "an Anthropic API key"],
  [/^sk-or-/, "an OpenRouter API key"],
  [/^sk-[A-Za-z0-9_-]{16,}/, "an OpenAI API key"],
  [/^AIza[\w-]{30,}/, "a Google API key"],
  [/^(gh[pousr]_|github_pat_)\w{16,}/, "a GitHub token"],
  [/^glpat-/, "a GitLab token"],
  [/^(xox[a-z]-|xapp-)/, "a Slack token"],
  [/^\d{6,12}:[\w-]{30,}$/, "a Telegram bot token"],
  [/^[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}$/, "a Discord bot token"],
  [/^hf_[A-Za-z0-9]{16,}/, "a Hugging Face token"],
  [/^(AKIA|ASIA)[A-Z0-9]{16}$/, "an AWS access key"],
  [/^eyJ[\w-]+\.[\w-]+\./, "a JSON web token"],
];

/** What somebody pasted who was to paste a token: why it is none, and what to do; undefined when nothing can be said. */
export function explainWrongToken(text: string): string | undefined {
  const kind = kindOf(text);
  if (kind === "setupCode") {
    return "this is a setup code, not a token; use it with: openclaw devices pair --setup-code <code>";
  }
  if (kind === "redeemSecret") return "this is the secret of a pairing request, not a token; redeem it first";
  if (kind === undefined) return explainForeign(text, "a token of this gateway");
  return explainDamage(kind, text) ?? `no such ${kindNames[kind]} is known to this gateway`;
}

/** What somebody pasted who was to paste another of the gateway's secrets; undefined when it looks like one. */
export function explainWrongSecret(text: string, wanted: CredentialKind): string | undefined {
  const kind = kindOf(text);
  const wantedName = `a ${kindNames[wanted]}`;
  if (kind === undefined) return explainForeign(text, wantedName) ?? `this is not ${wantedName}`;
  return kind === wanted ? explainDamage(kind, text) : `this is a ${kindNames[kind]}, not ${wantedName}`;
}

function kindOf(text: string): CredentialKind | undefined {
  return kinds.find((kind) => text.startsWith(credentialShapes[kind].prefix));
}

function explainDamage(kind: CredentialKind, text: string): string | undefined {
  const shape = credentialShapes[kind];
  if (isWhole(shape, text)) return undefined;
  return `this ${kindNames[kind]} is incomplete or was changed; copy all its ${secretLength(shape)} characters again`;
}

function explainForeign(text: string, wanted: string): string | undefined {
  const name = foreignKeys.find(([pattern]) => pattern.test(text))?.[1];
  return name && `this looks like ${name}, not ${wanted}; take care whom you give it to`;
}
