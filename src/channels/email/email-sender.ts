/** Writing mails: answers in the thread of what they answer, under an id that comes from the delivery. */

import { buffer } from "node:stream/consumers";
import type { Delivery, OutboundAction, OutboundMessage } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { domainOf } from "./authentic-sender.ts";
import { folderHas, type Mailbox } from "./email-mailbox.ts";
import type { EmailSettings } from "./email-settings.ts";
import { sendMail } from "./email-smtp.ts";
import { parseMail } from "./mail.ts";

/** Message-IDs of a thread that are named. */
const maxReferences = 20;

/** Longest subject we make up. */
const maxSubject = 70;

/** What the sender works with. */
export interface SenderParts {
  readonly settings: EmailSettings;
  readonly host: ChannelHost;
  readonly mailbox: Mailbox;
  readonly signal: AbortSignal;
}

/** Where a mail stands. */
interface Thread {
  readonly subject: string;
  readonly inReplyTo?: string;
  readonly references?: string[];
}

/** See the file's first line. */
export class EmailSender {
  readonly #parts: SenderParts;
  #sentFolder: Promise<string | undefined> | undefined;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** The Message-ID, without brackets. */
  async send({ kind }: OutboundAction, { address }: Address, attempt: SendAttempt): Promise<readonly string[]> {
    if (kind.case !== "message") throw new UnsentError(`mail has no ${kind.case ?? "such thing"}`, { permanent: true });
    if (!/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(address)) {
      throw new UnsentError(`"${address}" is no mail address`, { permanent: true });
    }
    const { settings, host } = this.#parts;
    const id = messageIdOf(attempt.delivery, settings.address);
    // Before the mail goes to the server nothing was sent.
    const source = await this.#compose(kind.value, { address, id }).catch((error: unknown) => {
      throw UnsentError.from(error);
    });
    await sendMail(settings.smtp, { from: settings.address, to: address, source }, attempt.signal);
    try {
      await this.#keepCopy(source);
    } catch (error) {
      host.log.warn({ err: error, messageId: id }, "a mail was sent, but not put into the Sent folder");
    }
    return [id];
  }

  /** Looks for the mail where sent ones are kept. That it is not there says nothing: it is put there after it was sent. */
  async reconcile({ name }: Delivery): Promise<Reconciled | undefined> {
    const { settings, signal } = this.#parts;
    const folder = settings.sent === "off" ? undefined : await this.#folder();
    if (folder === undefined) return undefined;
    const id = messageIdOf(name, settings.address);
    const found = await folderHas(settings, { folder, id, signal });
    return found ? { outcome: "sent", platformIds: [id] } : undefined;
  }

  async #compose(message: OutboundMessage, { address, id }: { address: string; id: string }): Promise<Buffer> {
    const { settings, host } = this.#parts;
    const { attachment, text, replyTo } = message;
    const { default: Composer } = await import("nodemailer/lib/mail-composer");
    const thread = await this.#thread(address, message);
    const files = attachment === undefined ? [] : [await buffer(host.readFile(attachment))];
    const composer = new Composer({
      from: { name: settings.displayName, address: settings.address },
      to: address,
      messageId: `<${id}>`,
      ...thread,
      text,
      attachments: files.map((content) => ({
        content,
        filename: attachment?.fileName || "file",
        contentType: attachment?.mediaType || "application/octet-stream",
      })),
      headers: {
        // Programs that answer by themselves are told not to answer this.
        "Auto-Submitted": thread.inReplyTo === undefined && replyTo === "" ? "auto-generated" : "auto-replied",
        "X-Auto-Response-Suppress": "All",
      },
    });
    return composer.compile().build();
  }

  /** The mail that is answered, or the newest of who it goes to; a new thread when there is neither. */
  async #thread(address: string, { replyTo, text, attachment }: OutboundMessage): Promise<Thread> {
    const { mailbox } = this.#parts;
    const found = await mailbox.find(replyTo === "" ? { from: address } : { id: replyTo });
    if (found === undefined) {
      const [line = ""] = text.trim().split("\n", 1);
      return { subject: shortened(line) || attachment?.fileName || "A message" };
    }
    const { id, subject, references } = await parseMail(found);
    const title = /^\s*(re|aw|sv|antw)\s*:/i.test(subject) ? subject : `Re: ${subject}`;
    if (id === "") return { subject: title };
    const chain = [...references.slice(-maxReferences), id].map((one) => `<${one}>`);
    return { subject: title, inReplyTo: `<${id}>`, references: chain };
  }

  async #keepCopy(source: Buffer): Promise<void> {
    const { settings, mailbox } = this.#parts;
    if (settings.sent !== "append") return;
    const folder = await this.#folder();
    if (folder !== undefined) await mailbox.append(folder, source);
  }

  #folder(): Promise<string | undefined> {
    this.#sentFolder ??= this.#parts.mailbox.sentFolder();
    return this.#sentFolder;
  }
}

/** Ours alone, the same for every try: who gets the mail twice can see that it is one. */
function messageIdOf(delivery: string, address: string): string {
  const [, channel = "", , id = ""] = delivery.split("/");
  return `${id}.${channel.replace(/[^A-Za-z0-9-]/g, "-")}@${domainOf(address)}`;
}

function shortened(line: string): string {
  return line.length <= maxSubject ? line : `${line.slice(0, maxSubject).replace(/\s+\S*$/, "")} …`;
}
