/** Does the service do what it was installed for? */

import type { ServiceLimits } from "../../../supervisor/supervisor.ts";
import { unitCommand } from "../../../supervisor/systemd/unit.ts";
import { LocalGateway } from "../../service/local-gateway.ts";
import { checkServiceConfig } from "../../service/service-config.ts";
import type { CareContext, Check, Problem } from "../check.ts";

/** Installed as this program would, running as it should, with the variables it needs. */
export const serviceCheck: Check = {
  id: "service",
  async run(context) {
    const { service, loaded } = context;
    if (service === undefined || !service.installed) return [];
    const withheld = loaded === undefined ? [] : await withheldVariables(context);
    return [...(await drift(context)), ...stateProblems(context), ...withheld];
  },
};

/** What was chosen at the installation stays: port, memory and rights are read from the definition itself. */
async function drift({ local }: CareContext): Promise<Problem[]> {
  const { supervisor, profile } = local;
  const installed = supervisor.installed();
  if (installed === undefined) return [];
  const limits = limitsOf(installed.text);
  const same = await LocalGateway.open({ profile }, portOf(installed.text));
  if (same.supervisor.definition(limits) === installed.text) return [];
  return [
    {
      severity: "warning",
      subject: installed.file,
      reason: "it is not what this program would install: program, folders or variables changed",
      fix: "write it anew: openclaw gateway install",
      repair: async () => {
        const { file } = await same.supervisor.install(limits);
        return `${file} was written anew; it counts from the next start on: openclaw gateway restart`;
      },
    },
  ];
}

function limitsOf(text: string): ServiceLimits {
  const memory = /^MemoryMax=(\d+)M$/m.exec(text)?.[1];
  return { memoryMb: memory === undefined ? undefined : Number(memory), hardened: /^NoNewPrivileges=yes$/m.test(text) };
}

/** Property lists hold one word a line. */
function portOf(text: string): number | undefined {
  const words = unitCommand(text) ?? [...text.matchAll(/<string>([^<]*)<\/string>/g)].map(([, word = ""]) => word);
  const index = words.indexOf("--port");
  return index < 0 ? undefined : Number(words[index + 1]);
}

function stateProblems({ service, owner }: CareContext): Problem[] {
  if (service === undefined) return [];
  const { name, enabled, state, detail, logs, pid } = service;
  const problem = (severity: Problem["severity"], reason: string, fix: string): Problem[] => [
    { severity, subject: name, reason, fix },
  ];
  if (state === "failed") return problem("error", `it failed${detail ? `: ${detail}` : ""}`, `see: ${logs}`);
  if (owner !== undefined && pid !== owner.pid) {
    const reason = `the gateway that runs is process ${owner.pid} and not this service`;
    return problem("warning", reason, "openclaw gateway stop, then openclaw gateway start");
  }
  if (enabled && state === "stopped") {
    return problem("warning", "it starts with the machine, and does not run now", "openclaw gateway start");
  }
  return enabled ? [] : problem("info", "it does not start with the machine", "openclaw gateway install");
}

async function withheldVariables({ local }: CareContext): Promise<Problem[]> {
  const { withheld } = await checkServiceConfig(local);
  return withheld.map((name) => ({
    severity: "warning",
    subject: name,
    reason: "it is set in this shell, and the service does not get it",
    fix: `put it into ${local.stateDir}/.env`,
  }));
}
