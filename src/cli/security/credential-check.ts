/** How hard are token and password to guess, and how long have they been around? */

import { statSync } from "node:fs";
import { tokenPath } from "../../config/gateway/gateway-token.ts";
import { type ResolvedGateway, resolveGateway } from "../../config/resolve-gateway.ts";
import { isLoopbackAddress } from "../../lib/ip-address.ts";
import type { CareContext, Check, Problem } from "../care/check.ts";

const least = { token: 24, password: 12, distinct: 8 };
const oldDays = 365;
const dayMs = 86_400_000;
const famous = /^(password|passwort|secret|token|changeme|letmein|openclaw|admin|test|example)/i;

/** A weak one is an error as soon as others can reach the gateway. */
export const credentialCheck: Check = {
  id: "credentials",
  run(context) {
    if (context.loaded === undefined) return [];
    const resolved = resolveGateway(context.loaded);
    return [...weakness(resolved), ...age(resolved, context)];
  },
};

function weakness({ auth, bind }: ResolvedGateway): Problem[] {
  if (auth.mode === "none" || auth.secret === undefined) return [];
  const why = weakSpot(auth.secret, least[auth.mode]);
  if (why === undefined) return [];
  const open = bind.hosts.some((host) => !isLoopbackAddress(host));
  const fix =
    auth.mode === "token"
      ? `take it out, and the gateway makes a strong one; or make one with: openssl rand -hex 32`
      : "choose a longer one, or use a token";
  return [{ severity: open ? "error" : "warning", subject: auth.source, reason: `the ${auth.mode} ${why}`, fix }];
}

function weakSpot(secret: string, length: number): string | undefined {
  if (secret.length < length) return `has ${secret.length} characters, and should have ${length} or more`;
  if (new Set(secret).size < least.distinct) return "repeats the same few characters";
  return famous.test(secret) ? "begins with a word that is tried first" : undefined;
}

/** Only the file of a token that the gateway made tells how old it is. */
function age({ auth }: ResolvedGateway, { local, nowMs }: CareContext): Problem[] {
  if (auth.mode !== "token" || auth.secret !== undefined) return [];
  const path = tokenPath(local.stateDir);
  const stats = statSync(path, { throwIfNoEntry: false });
  const days = stats === undefined ? 0 : Math.floor((nowMs - stats.mtimeMs) / dayMs);
  if (days < oldDays) return [];
  const reason = `the token is ${days} days old; whoever ever saw it still can do everything`;
  return [
    { severity: "info", subject: path, reason, fix: "delete the file and restart the gateway: it makes another" },
  ];
}
