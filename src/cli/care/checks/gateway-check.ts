/** Is the gateway that runs well? */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Gateway_State as State } from "../../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { programVersion } from "../../command/version.ts";
import { viewFailure } from "../../failure-view.ts";
import { stateText } from "../../gateway/state-text.ts";
import type { CareContext, Check, Problem } from "../check.ts";

/** Answers, is of this version, and takes changes. A crash leaves a name behind that is nobody's. */
export const gatewayCheck: Check = {
  id: "gateway",
  async run(context) {
    const { owner, loaded } = context;
    if (owner === undefined) return staleName(context);
    // With a configuration that is wrong nobody knows how to call it.
    return loaded === undefined ? [] : await ask(context, owner.pid);
  },
};

function staleName({ local }: CareContext): Problem[] {
  const path = join(local.stateDir, "gateway.lock.json");
  if (!existsSync(path)) return [];
  return [
    {
      severity: "info",
      subject: path,
      reason: "it names a gateway that is gone without having stopped",
      fix: "see why in its log; the next start takes its place",
      repair: async () => {
        if ((await local.owner()) !== undefined) throw new Error("a gateway runs meanwhile");
        rmSync(path, { force: true });
        return "removed";
      },
    },
  ];
}

async function ask({ link, service }: CareContext, pid: number): Promise<Problem[]> {
  const subject = `process ${pid}`;
  try {
    const { gateway } = await (await link.client()).gateway.getGateway({});
    if (gateway === undefined) return [];
    const problems: Problem[] = [];
    if (gateway.state !== State.READY || gateway.stateReason !== "") {
      const severity = gateway.state === State.READ_ONLY ? "error" : "warning";
      problems.push({ severity, subject, reason: stateText(gateway), fix: "see: openclaw gateway status" });
    }
    if (gateway.version !== programVersion()) {
      const reason = `it runs version ${gateway.version}, and this is ${programVersion()}`;
      problems.push({ severity: "warning", subject, reason, fix: "start it anew: openclaw gateway restart" });
    }
    return problems;
  } catch (thrown) {
    const { message, next } = await viewFailure(thrown, await link.address().catch(() => undefined));
    const fix = next ?? `see its log${service ? `: ${service.logs}` : ""}`;
    return [{ severity: "error", subject, reason: `it has the state folder and does not answer: ${message}`, fix }];
  }
}
