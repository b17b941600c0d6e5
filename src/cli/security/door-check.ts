/** Does the gateway refuse what it has to? Asked as a stranger would. */

import type { IncomingMessage } from "node:http";
import type { Check, Problem } from "../care/check.ts";

const answerMs = 5_000;
const path = "/openclaw.gateway.v1.SessionService/ListSessions";

interface Attempt {
  readonly what: string;
  readonly headers: Readonly<Record<string, string>>;
}

const attempts: readonly Attempt[] = [
  { what: "a call without a credential", headers: {} },
  { what: "a call with a wrong token", headers: { authorization: "Bearer oc_tok_audit" } },
  {
    what: "a call for another host name, as a page that rebinds its name makes it",
    headers: { host: "rebind.example" },
  },
  { what: "a call of a strange web page", headers: { origin: "https://stranger.example" } },
];

/** Only with `deep`: it makes calls that are refused, and that the gateway writes into its log. */
export const doorCheck: Check = {
  id: "door",
  async run({ owner, deep, loaded }) {
    if (!deep || owner?.url === undefined) return [];
    const { url } = owner;
    const open = loaded?.config.gateway.auth.mode === "none";
    // Without authentication every local call is let in, by choice; the other refusals do not depend on it.
    const made = open ? attempts.filter(({ headers }) => "host" in headers || "origin" in headers) : attempts;
    const problems = await Promise.all(made.map((attempt) => tryIt(url, attempt)));
    return problems.flatMap((problem) => problem ?? []);
  },
};

async function tryIt(url: string, { what, headers }: Attempt): Promise<Problem | undefined> {
  const status = await statusOf(url, headers);
  if (status === undefined || status >= 400) return undefined;
  const reason = `${what} is let in (HTTP ${status})`;
  return {
    severity: "error",
    subject: url,
    reason,
    fix: "stop the gateway, and check gateway.auth, allowedHosts and allowedOrigins",
  };
}

/** Undefined when nobody answers, which is as good as a refusal. The certificate does not matter: nothing is told. */
async function statusOf(url: string, headers: Attempt["headers"]): Promise<number | undefined> {
  const { request } = await import(url.startsWith("https:") ? "node:https" : "node:http");
  return await new Promise((resolve) => {
    const options = {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      rejectUnauthorized: false,
      timeout: answerMs,
    };
    const call = request(`${url}${path}`, options, (response: IncomingMessage) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(undefined));
    call.end("{}");
  });
}
