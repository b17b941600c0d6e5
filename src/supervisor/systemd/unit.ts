/** The unit file of the gateway as a systemd user service. */

import type { Service, ServiceLimits } from "../supervisor.ts";

/** "openclaw-gateway.service", "openclaw-gateway-work.service". */
export function unitName(profile: string | undefined): string {
  return `openclaw-gateway${profile === undefined ? "" : `-${profile}`}.service`;
}

/** The whole file. */
export function unitText(service: Service, limits: ServiceLimits): string {
  const { profile, home, command, environment } = service;
  const variables = Object.entries(environment).map(([name, value]) => `Environment=${quote(`${name}=${value}`)}`);
  return `# Written by "openclaw gateway install", which overwrites changes. Yours belong into a drop-in:
#   systemctl --user edit ${unitName(profile)}

[Unit]
Description=OpenClaw Gateway${profile === undefined ? "" : ` (profile ${profile})`}
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
# Ready means that it answers; the program says so itself, and from then on that it is alive.
Type=notify
NotifyAccess=all
WatchdogSec=60
ExecStart=${execLine(command)}
# Restarts in place: the configuration is taken into use anew, the port stays open.
ExecReload=${execLine([command[0] ?? "", "-e", 'process.kill(Number(process.env.MAINPID), "SIGUSR1")'])}
WorkingDirectory=${escapePercent(home)}
${variables.join("\n")}

Restart=always
RestartSec=5
# A wrong configuration (78) does not get better by trying again.
RestartPreventExitStatus=78
SuccessExitStatus=0 143
TimeoutStartSec=30
TimeoutStopSec=30
# Only the gateway is told to stop, so that tools of active runs can end their work; what is left afterwards is killed.
KillMode=mixed

${memoryLines(limits.memoryMb)}
# A tool that takes too much memory is killed alone.
OOMPolicy=continue
TasksMax=4096
LimitNOFILE=65536
LimitCORE=0
${limits.hardened ? hardening : ""}
[Install]
WantedBy=default.target
`;
}

/** Program and arguments of a file `unitText` made; undefined when it holds no such line. */
export function unitCommand(text: string): string[] | undefined {
  const line = /^ExecStart=(.+)$/m.exec(text)?.[1];
  const words = line?.match(/"(?:[^"\\]|\\.)*"|\S+/g);
  return words?.map((word, index) => {
    const plain = word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, "$1") : word;
    return (index === 0 ? plain : plain.replaceAll("$$", "$")).replaceAll("%%", "%");
  });
}

const hardening = `
NoNewPrivileges=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictRealtime=yes
SystemCallArchitectures=native
`;

/** Above the lower bound a service is slowed down, at the upper one something in it is killed. */
function memoryLines(memoryMb: number | undefined): string {
  if (memoryMb === undefined) return "MemoryHigh=75%\nMemoryMax=85%";
  return `MemoryHigh=${Math.floor(memoryMb * 0.9)}M\nMemoryMax=${memoryMb}M`;
}

/** Variables are filled in everywhere but in the program's own path. */
function execLine([program = "", ...args]: readonly string[]): string {
  return [quote(program), ...args.map((word) => quote(word.replaceAll("$", "$$$$")))].join(" ");
}

/** One word, whatever is in it; "%" begins a specifier everywhere. */
function quote(word: string): string {
  const escaped = escapePercent(word);
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : `"${escaped.replace(/["\\]/g, "\\$&")}"`;
}

function escapePercent(text: string): string {
  return text.replaceAll("%", "%%");
}
