/** Real IRC servers in processes of their own, on free ports. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server program. */
export interface IrcServerKind {
  readonly name: string;
  readonly program: string;
  /** Configuration for a port of 127.0.0.1. */
  config(port: number, folder: string): string;
  args(path: string): readonly string[];
}

/** Both refuse to run as root without being told to. */
export const ngircd: IrcServerKind = {
  name: "ngircd",
  program: "/usr/sbin/ngircd",
  config: (port) => `
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
  args: (path) => ["-n", "-f", path],
};

/** The other one. */
export const inspircd: IrcServerKind = {
  name: "inspircd",
  program: "/usr/sbin/inspircd",
  config: (port, folder) => `
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
  args: (path) => ["--nofork", "--runasroot", "--config", path],
};

/** A server that runs. */
export class IrcServer {
  readonly port: number;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#child = child;
  }

  /** True when the program is installed. */
  static has(kind: IrcServerKind): boolean {
    return existsSync(kind.program);
  }

  /** Starts it, and resolves when it takes connections. */
  static async start(kind: IrcServerKind): Promise<IrcServer> {
    const folder = await mkdtemp(join(tmpdir(), `openclaw-${kind.name}-`));
    const port = await freePort();
    const path = join(folder, `${kind.name}.conf`);
    await writeFile(path, kind.config(port, folder));
    const child = spawn(kind.program, kind.args(path), { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
    const server = new IrcServer(port, folder, child);
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${kind.name} ended:\n${said}`);
      if (await takesConnections(port)) return server;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill("SIGKILL");
      await once(this.#child, "exit");
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
