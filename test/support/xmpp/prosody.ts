/** A real XMPP server in a process of its own, on a free port, with two people on it. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import type { DaemonProgram } from "../daemon.ts";

/** Password of everybody. */
export const prosodyPassword = "right";

/** See the file's first line. Without an archive it keeps messages for who is away only. */
export function prosody(archive: boolean): DaemonProgram {
  return {
    path: "/usr/bin/prosody",
    prepare: async (port, folder) => {
      for (const name of ["claw", "mia"]) await addAccount(folder, name);
      const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }]);
      await writeFile(join(folder, "key.pem"), key);
      await writeFile(join(folder, "cert.pem"), cert);
      const path = join(folder, "prosody.cfg.lua");
      await writeFile(path, config(port, folder, archive));
      return ["--config", path, "-F"];
    },
  };
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
