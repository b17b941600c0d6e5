/** A real XMPP server in a process of its own, on a free port, with two people on it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

const program = "/usr/bin/prosody";

/** Password of everybody. */
export const prosodyPassword = "right";

/** See the file's first line. */
export class Prosody {
  readonly port: number;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#child = child;
  }

  static get installed(): boolean {
    return existsSync(program);
  }

  /** Starts it, and resolves when it takes connections. Without an archive it keeps messages for who is away only. */
  static async start({ archive = true }: { archive?: boolean } = {}): Promise<Prosody> {
    const folder = await mkdtemp(join(tmpdir(), "openclaw-prosody-"));
    const port = await freePort();
    for (const name of ["claw", "mia"]) await addAccount(folder, name);
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }]);
    await writeFile(join(folder, "key.pem"), key);
    await writeFile(join(folder, "cert.pem"), cert);
    const path = join(folder, "prosody.cfg.lua");
    await writeFile(path, config(port, folder, archive));
    const child = spawn(program, ["--config", path, "-F"], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`prosody ended:\n${said}`);
      if (await takesConnections(port)) return new Prosody(port, folder, child);
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

function config(port: number, folder: string, archive: boolean): string {
  const modules = [
    "roster",
    "saslauth",
    "tls",
    "disco",
    "ping",
    "offline",
    "smacks",
    "blocklist",
    ...(archive ? ["mam"] : []),
  ];
  return `
run_as_root = true
pidfile = "${folder}/prosody.pid"
data_path = "${folder}/data"
log = { { levels = { min = "warn" }, to = "console" } }
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
s2s_ports = {}
http_ports = {}
https_ports = {}
modules_enabled = { ${modules.map((name) => `"${name}"`).join("; ")} }
modules_disabled = { "s2s" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = "internal"
ssl = { key = "${folder}/key.pem"; certificate = "${folder}/cert.pem" }
VirtualHost "localhost"
Component "rooms.localhost" "muc"
  restrict_room_creation = false
  muc_room_default_public_jids = true
`;
}

async function addAccount(folder: string, name: string): Promise<void> {
  const accounts = join(folder, "data", "localhost", "accounts");
  await mkdir(accounts, { recursive: true });
  await writeFile(join(accounts, `${name}.dat`), `return { ["password"] = "${prosodyPassword}"; };\n`);
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
