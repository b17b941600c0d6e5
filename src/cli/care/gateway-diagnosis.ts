/** The checks only a gateway can make, because it has the store open; without one, the same on the state folder. */

import type { Invocation } from "../command/command.ts";
import type { CareContext } from "./check.ts";
import { type Finding, readFinding } from "./findings.ts";
import { withLocalState } from "./local-state.ts";

/** How they are run. */
export interface DiagnosisWish {
  readonly deep: boolean;
  readonly repair: boolean;
  readonly signal: AbortSignal;
}

/** Asks the gateway. Fails as the call does. */
export async function askGateway(link: Invocation["link"], { signal, ...wish }: DiagnosisWish): Promise<Finding[]> {
  const { care } = await link.client();
  const found: Finding[] = [];
  for await (const { findings } of care.diagnose(wish, { signal })) found.push(...findings.map(readFinding));
  return found;
}

/** Asks the gateway that runs; when none does, looks itself, as far as the configuration can be read. */
export async function diagnoseGateway(context: CareContext, wish: DiagnosisWish): Promise<Finding[]> {
  const { owner, loaded, link } = context;
  if (loaded === undefined) return [notLooked("info", "they are looked at when the configuration can be read")];
  if (owner !== undefined) return owner.url === undefined ? [] : await askIfItAnswers(link, wish);
  return await withLocalState(async (state) => {
    const found: Finding[] = [];
    for await (const { findings } of state.diagnoseOffline(loaded, { ...wish, checks: [] })) {
      found.push(...findings.map(readFinding));
    }
    return found;
  });
}

/** That it does not answer is a finding of another check. */
async function askIfItAnswers(link: Invocation["link"], wish: DiagnosisWish): Promise<Finding[]> {
  try {
    return await askGateway(link, wish);
  } catch (thrown) {
    wish.signal.throwIfAborted();
    const { gatewayErrorFrom } = await import("../../client/gateway-error.ts");
    const { message } = gatewayErrorFrom(thrown);
    return [notLooked("warning", `the gateway's own checks could not be run: ${message}`)];
  }
}

function notLooked(severity: Finding["severity"], reason: string): Finding {
  return { check: "gateway", severity, subject: "store and models", reason, fix: "", fixable: false };
}
