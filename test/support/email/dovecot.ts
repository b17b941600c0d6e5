/** A real IMAP server in a process of its own, on a free port, with a mailbox that mails can be put into. */

import { chmod, chown, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ImapFlow } from "imapflow";
import { Daemon, type DaemonProgram, isInstalled } from "../daemon.ts";

/** "nobody": dovecot reads no mail as root. */
const mailOwner = 65_534;

/** Password of the mailbox. */
export const dovecotPassword = "right";

/** See the file's first line. */
export class Dovecot {
  readonly #server: Daemon;
  /** Who puts mails in. */
  readonly #client: ImapFlow;
  #last = "";

  private constructor(server: Daemon) {
    this.#server = server;
    const { port } = server;
    const auth = { user: "claw", pass: dovecotPassword };
    this.#client = new ImapFlow({ host: "127.0.0.1", port, secure: false, auth, logger: false, disableAutoIdle: true });
    this.#client.on("error", () => {});
  }

  /** It has to begin as root. */
  static get installed(): boolean {
    return isInstalled(program) && process.getuid?.() === 0;
  }

  /** Starts it, and resolves when it takes connections. */
  static async start(): Promise<Dovecot> {
    const mailbox = new Dovecot(await Daemon.start(program));
    await mailbox.#client.connect();
    return mailbox;
  }

  get port(): number {
    return this.#server.port;
  }

  async stop(): Promise<void> {
    this.#client.close();
    await this.#server.stop("SIGTERM");
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
    const folder = join(this.#server.folder, "mail/.Sent/cur");
    const names = (await readdir(folder)).sort();
    return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  }
}

const program: DaemonProgram = {
  path: "/usr/sbin/dovecot",
  prepare: async (port, folder) => {
    await chmod(folder, 0o755);
    for (const box of ["mail", "mail/.Sent"]) {
      for (const name of [box, ...["cur", "new", "tmp"].map((part) => `${box}/${part}`)]) {
        await mkdir(join(folder, name));
        await chown(join(folder, name), mailOwner, mailOwner);
      }
    }
    const path = join(folder, "dovecot.conf");
    await writeFile(path, config(port, folder));
    return ["-F", "-c", path];
  },
};

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
