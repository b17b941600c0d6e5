/** A mailbox over IMAP: what is in it from where we were, told as it comes. */

import type { ImapFlow, ImapFlowOptions } from "imapflow";
import { MisconfiguredError } from "../../core/channel/network.ts";
import { Turns } from "../../lib/turns.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import type { EmailSettings } from "./email-settings.ts";

/** IDLE is begun anew after this long, before routers forget the connection, ms. */
const idleMs = 5 * 60_000;

/** Bytes that are read of a mail that is too large. */
const beginningBytes = 262_144;

/** Where we are in the mailbox. */
export interface MailboxPlace {
  /** Changes when the server numbers its mails anew. */
  readonly validity: string;
  /** The newest mail that is done. */
  readonly uid: number;
  /** When that was, ISO 8601. */
  readonly time: string;
}

/** One mail as the server has it. */
export interface RawMail {
  readonly uid: number;
  readonly source: Buffer;
  /** It is larger than the limit, and only its beginning is here. */
  readonly cut: boolean;
}

/** See the file's first line. */
export class Mailbox {
  readonly #client: ImapFlow;
  readonly #settings: EmailSettings;
  /** Rejects when the connection ends. */
  readonly closed: Promise<never>;
  #news: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  /** Commands of several steps and IDLE block each other for good when they overlap: one thing is done after the other. */
  readonly #turns = new Turns();

  private constructor(client: ImapFlow, settings: EmailSettings) {
    this.#client = client;
    this.#settings = settings;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.closed = promise;
    let failure = new Error("the mail server closed the connection");
    client.on("error", (error: Error) => {
      failure = error;
    });
    client.on("close", () => reject(failure));
    client.on("exists", () => this.#news.resolve());
  }

  /** Connects and opens the folder. Rejects with MisconfiguredError when the server refuses the password or has no such folder. */
  static async open(settings: EmailSettings, signal: AbortSignal): Promise<Mailbox> {
    const { ImapFlow: Client } = await import("imapflow");
    const client = new Client(optionsOf(settings));
    const mailbox = new Mailbox(client, settings);
    try {
      await raceAbort(client.connect(), signal);
    } catch (error) {
      client.close();
      throw refusalOf(error) ?? error;
    }
    try {
      await raceAbort(client.mailboxOpen(settings.mailbox), signal);
    } catch (error) {
      client.close();
      if (!isRefused(error)) throw error;
      throw new MisconfiguredError(
        `there is no folder "${settings.mailbox}"; set channels.email.mailbox to one there is`,
      );
    }
    return mailbox;
  }

  /** The end of the mailbox. */
  get end(): Omit<MailboxPlace, "time"> {
    const { mailbox } = this.#client;
    if (mailbox === false || mailbox === undefined) throw new Error("the folder is not open");
    return { validity: String(mailbox.uidValidity), uid: mailbox.uidNext - 1 };
  }

  /** Numbers of mails after a place, ascending. When the server numbered anew, those since the day before that time. */
  async after({ validity, uid, time }: MailboxPlace): Promise<readonly number[]> {
    const renumbered = validity !== this.end.validity;
    const sinceDay = new Date(Date.parse(time) - 86_400_000);
    const query = renumbered ? { since: sinceDay } : { uid: `${uid + 1}:*` };
    const found = await this.#alone((client) => client.search(query, { uid: true }));
    // "5:*" is the last mail, even when its number is below 5.
    return (found || []).filter((one) => renumbered || one > uid).sort((a, b) => a - b);
  }

  /** Undefined when it was deleted meanwhile. */
  async fetch(uid: number): Promise<RawMail | undefined> {
    const sized = await this.#alone((client) => client.fetchOne(String(uid), { size: true }, { uid: true }));
    if (!sized) return undefined;
    const cut = (sized.size ?? 0) > this.#settings.maxMailBytes;
    const query = { source: cut ? { start: 0, maxLength: beginningBytes } : true };
    const found = await this.#alone((client) => client.fetchOne(String(uid), query, { uid: true }));
    return found && found.source !== undefined ? { uid, source: found.source, cut } : undefined;
  }

  async markSeen(uid: number): Promise<void> {
    await this.#alone((client) => client.messageFlagsAdd(String(uid), ["\\Seen"], { uid: true }));
  }

  /** The newest mail of somebody, or the one with an id; its headers and nothing else. */
  async find(query: { readonly from: string } | { readonly id: string }): Promise<Buffer | undefined> {
    const search = "id" in query ? { header: { "message-id": query.id } } : { from: query.from };
    const found = (await this.#alone((client) => client.search(search, { uid: true }))) || [];
    const newest = Math.max(0, ...found);
    if (newest === 0) return undefined;
    const mail = await this.#alone((client) => client.fetchOne(String(newest), { headers: true }, { uid: true }));
    return mail ? mail.headers : undefined;
  }

  /** Resolves when a mail may have come: the server said so, or nothing was said for a while. */
  async news(signal: AbortSignal): Promise<void> {
    const news = this.#news;
    // It ends when anything else is asked of the server; what came meanwhile is looked for then.
    await this.#alone(async () => {
      void this.#client.idle().then(
        // A server that refuses to be waited at is asked now and then.
        (idled) => (idled === false ? undefined : news.resolve()),
        () => {},
      );
      await new Promise(setImmediate);
    });
    const timer = setTimeout(() => news.resolve(), idleMs);
    try {
      await raceAbort(Promise.race([news.promise, this.closed]), signal);
    } finally {
      clearTimeout(timer);
      this.#news = Promise.withResolvers<void>();
    }
  }

  /** Folder of what was sent; undefined when the server has none. */
  async sentFolder(): Promise<string | undefined> {
    const folders = await this.#alone((client) => client.list());
    const named = ["sent", "sent items", "sent messages"];
    const found =
      folders.find(({ specialUse }) => specialUse === "\\Sent") ??
      folders.find(({ name }) => named.includes(name.toLowerCase()));
    return found?.path;
  }

  /** Puts what we sent into a folder. */
  async append(folder: string, source: Buffer): Promise<void> {
    await this.#alone((client) => client.append(folder, source, ["\\Seen"]));
  }

  /** Says goodbye, as far as that is possible. */
  async leave(): Promise<void> {
    await Promise.race([this.#client.logout(), this.closed]).catch(() => {});
    this.#client.close();
  }

  /** Does one thing with the connection, once everything that was asked before is done. Rejects when the connection ends. */
  #alone<T>(work: (client: ImapFlow) => Promise<T>): Promise<T> {
    return this.#turns.run(() => Promise.race([work(this.#client), this.closed]));
  }
}

/** True when a folder has a mail with this id. It uses a connection of its own, for one connection sees one folder. */
export async function folderHas(
  settings: EmailSettings,
  { folder, id, signal }: { folder: string; id: string; signal: AbortSignal },
): Promise<boolean> {
  const mailbox = await Mailbox.open({ ...settings, mailbox: folder }, signal);
  try {
    return (await mailbox.find({ id })) !== undefined;
  } finally {
    await mailbox.leave();
  }
}

function optionsOf({ imap }: EmailSettings): ImapFlowOptions {
  const { host, port, tls, user, password: pass, rejectUnauthorized } = imap;
  return {
    host,
    port,
    secure: tls === "direct",
    ...(tls !== "direct" && { doSTARTTLS: tls === "starttls" }),
    auth: { user, pass },
    tls: { rejectUnauthorized },
    clientInfo: { name: "OpenClaw" },
    logger: false,
    disableAutoIdle: true,
    maxIdleTime: idleMs,
  };
}

function refusalOf(error: unknown): Error | undefined {
  const { authenticationFailed, serverResponseCode } = error as {
    authenticationFailed?: boolean;
    serverResponseCode?: string;
  };
  if (authenticationFailed !== true || serverResponseCode === "UNAVAILABLE") return undefined;
  return new MisconfiguredError("the mail server refuses channels.email.imap.user or its password; check both");
}

/** The server said no, as opposed to a connection that broke. */
function isRefused(error: unknown): boolean {
  return (error as { responseStatus?: string }).responseStatus === "NO";
}
