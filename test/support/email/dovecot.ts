/** A real IMAP server in a process of its own, on a free port, with a mailbox that mails can be put into. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImapFlow } from "imapflow";

const program = "/usr/sbin/dovecot";

/** "nobody": dovecot reads no mail as root. */
const mailOwner = 65_534;

/** Password of the mailbox. */
export const dovecotPassword = "right";

/** See the file's first line. */
export class Dovecot {
  readonly port: number;
  readonly #folder: string;
  readonly #child: ChildProcess;
  /** Who puts mails in. */
  readonly #client: ImapFlow;
  #last = "";

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#child = child;
    const auth = { user: "claw", pass: dovecotPassword };
    this.#client = new ImapFlow({ host: "127.0.0.1", port, secure: false, auth, logger: false, disableAutoIdle: true });
    this.#client.on("error", () => {});
  }

  /** It has to begin as root. */
  static get installed(): boolean {
    return existsSync(program) && process.getuid?.() === 0;
  }

  /** Starts it, and resolves when it takes connections. */
  static async start(): Promise<Dovecot> {
    const folder = await mkdtemp(join(tmpdir(), "openclaw-dovecot-"));
    const port = await freePort();
    await chmod(folder, 0o755);
    for (const name of [
      "mail",
      "mail/cur",
      "mail/new",
      "mail/tmp",
      "mail/.Sent",
      "mail/.Sent/cur",
      "mail/.Sent/new",
      "mail/.Sent/tmp",
    ]) {
      await mkdir(join(folder, name), { recursive: true });
      await chown(join(folder, name), mailOwner, mailOwner);
    }
    const path = join(folder, "dovecot.conf");
    await writeFile(path, config(port, folder));
    const child = spawn(program, ["-F", "-c", path], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`dovecot ended:\n${said}`);
      if (await takesConnections(port)) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const server = new Dovecot(port, folder, child);
    await server.#client.connect();
    return server;
  }

  async stop(): Promise<void> {
    this.#client.close();
    if (this.#child.exitCode === null) {
      this.#child.kill("SIGTERM");
      await once(this.#child, "exit");
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Puts a mail into the inbox. */
  async deliver(mail: string): Promise<void> {
    this.#last = mail.replace(/\r?\n/g, "\r\n");
    await this.#client.append("INBOX", this.#last);
  }

  /** Puts the newest mail in once more. */
  async repeat(): Promise<void> {
    await this.#client.append("INBOX", this.#last);
  }

  /** Mails in the Sent folder. */
  async sent(): Promise<string[]> {
    const folder = join(this.#folder, "mail/.Sent/cur");
    const names = (await readdir(folder)).sort();
    return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  }
}

function config(port: number, folder: string): string {
  return `
protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
mail_location = maildir:${folder}/mail
mail_uid = ${mailOwner}
mail_gid = ${mailOwner}
first_valid_uid = 1
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
passdb {
  driver = static
  args = password=${dovecotPassword}
}
userdb {
  driver = static
  args = uid=${mailOwner} gid=${mailOwner} home=${folder}
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
namespace inbox {
  inbox = yes
  separator = .
  mailbox Sent {
    special_use = \\Sent
  }
}
`;
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
