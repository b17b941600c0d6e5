/** Which secrets are written where others may come across them? */

import { isSensitiveName } from "../../lib/log/secret-patterns.ts";
import type { CareContext, Check, Problem } from "../care/check.ts";

/** Secrets in plain text in the configuration, and in what the service manager keeps. */
export const secretsCheck: Check = {
  id: "secrets",
  run: (context) => [...inConfig(context), ...inService(context)],
};

/** As they are written: a variable or a reference in the place of a secret is what it should be. */
function inConfig({ loaded }: CareContext): Problem[] {
  return plainSecrets(loaded?.tree?.written, "").map((key) => ({
    severity: "warning",
    subject: key,
    reason: "the secret is written in the configuration, which people copy, show and keep in version control",
    fix: 'put it into .env in the state folder, and write "${NAME}" or {source: "env", id: "NAME"} there',
  }));
}

function plainSecrets(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((element, index) => plainSecrets(element, `${path}[${index}]`));
  if (typeof value !== "object" || value === null || "source" in value || path === "secrets") return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const key = path === "" ? name : `${path}.${name}`;
    const inHeaders = /(^|\.)headers$/.test(path) && /^(authorization|.*(key|token|secret).*)$/i.test(name);
    if (typeof member !== "string") return plainSecrets(member, key);
    return (inHeaders || isSensitiveName(name)) && !/\$\{\w+\}/.test(member) ? [key] : [];
  });
}

/** What is installed may be older than this program, or edited by hand. */
function inService({ local }: CareContext): Problem[] {
  const installed = local.supervisor.installed();
  const names = [...(installed?.text.matchAll(/\b([A-Z][A-Z0-9_]*(?:_API_KEY|_TOKEN|_PASSWORD))\b/g) ?? [])];
  return [...new Set(names.map(([, name = ""]) => name))].map((name) => ({
    severity: "error",
    subject: installed?.file ?? "",
    reason: `it holds ${name}, and others can read it`,
    fix: `put ${name} into ${local.stateDir}/.env and write the service anew: openclaw gateway install`,
  }));
}
