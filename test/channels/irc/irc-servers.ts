/** Real IRC servers in processes of their own, on free ports. */

import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { DaemonProgram } from "../../support/daemon.ts";

/** Both refuse to run as root without being told to. */
export const ngircd = program(
  "/usr/sbin/ngircd",
  (port) => `
[Global]
Name = irc.test
Info = test
Listen = 127.0.0.1
Ports = ${port}
ServerUID = ${process.getuid?.() ?? 0}
ServerGID = ${process.getgid?.() ?? 0}
[Limits]
MaxConnectionsIP = 0
MaxPenaltyTime = 0
MaxNickLength = 20
PingTimeout = 120
PongTimeout = 20
[Options]
DNS = no
Ident = no
PAM = no
`,
  ["-n", "-f"],
);

/** The other one. */
export const inspircd = program(
  "/usr/sbin/inspircd",
  (port, folder) => `
<server name="irc.test" description="test" network="Test">
<admin name="test" nick="test" email="test@localhost">
<bind address="127.0.0.1" port="${port}" type="clients">
<power diepass="x" restartpass="x">
<connect allow="*" timeout="20" pingfreq="120" commandrate="100000" fakelag="no" localmax="100" globalmax="100" threshold="1000" softsendq="1M" hardsendq="2M" recvq="1M" resolvehostnames="no">
<pid file="${folder}/inspircd.pid">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="${folder}/inspircd.log">
<options allowhalfop="yes">
<performance nouserdns="yes">
<module name="cap"><module name="ircv3"><module name="ircv3_servertime">
`,
  ["--nofork", "--runasroot", "--config"],
);

/** `args` are followed by the path of the configuration. */
function program(
  path: string,
  config: (port: number, folder: string) => string,
  args: readonly string[],
): DaemonProgram {
  return {
    path,
    prepare: async (port, folder) => {
      const file = join(folder, `${basename(path)}.conf`);
      await writeFile(file, config(port, folder));
      return [...args, file];
    },
  };
}
