/** The property list of the gateway as a launchd agent. */

import type { Service } from "../supervisor.ts";
import { logPath } from "../supervisor.ts";

/** A value a property list can hold. */
export type PropertyValue =
  | string
  | number
  | boolean
  | readonly PropertyValue[]
  | { readonly [key: string]: PropertyValue };

/** "ai.openclaw.gateway", "ai.openclaw.work". */
export function agentLabel(profile: string | undefined): string {
  return `ai.openclaw.${profile ?? "gateway"}`;
}

/** The agent as a property list. */
export function agentProperties({ profile, stateDir, home, command, environment }: Service): PropertyValue {
  return {
    Label: agentLabel(profile),
    // The log is written by the gateway itself, within bounds; what it says when it crashes comes out here.
    ProgramArguments: [...command, "--log-file", logPath(stateDir)],
    StandardErrorPath: logPath(stateDir),
    EnvironmentVariables: environment,
    WorkingDirectory: home,
    RunAtLoad: true,
    KeepAlive: true,
    // launchd cannot be told which exit codes are final: a wrong configuration is looked at again this often, in seconds.
    ThrottleInterval: 10,
    ExitTimeOut: 30,
    SoftResourceLimits: { NumberOfFiles: 65_536, Core: 0 },
  };
}

/** The value as an XML property list, with everything escaped. */
export function propertyListText(value: PropertyValue): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${element(value, "")}
</plist>
`;
}

function element(value: PropertyValue, indent: string): string {
  const inner = `${indent}\t`;
  if (typeof value === "string") return `${indent}<string>${escapeXml(value)}</string>`;
  if (typeof value === "number") return `${indent}<integer>${value}</integer>`;
  if (typeof value === "boolean") return `${indent}<${value}/>`;
  if (isList(value))
    return [`${indent}<array>`, ...value.map((one) => element(one, inner)), `${indent}</array>`].join("\n");
  const entries = Object.entries(value).flatMap(([key, one]) => [
    `${inner}<key>${escapeXml(key)}</key>`,
    element(one, inner),
  ]);
  return [`${indent}<dict>`, ...entries, `${indent}</dict>`].join("\n");
}

function isList(value: PropertyValue): value is readonly PropertyValue[] {
  return Array.isArray(value);
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
