/** One mailbox, and the server that sends from it. */

import { create } from "@bufbuild/protobuf";
import { CapabilitiesSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery, OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Connection,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { systemClock } from "../../lib/clock.ts";
import { jsonObject } from "../../lib/text/json-object.ts";
import { inboundFrom, whyIgnored } from "./email-inbound.ts";
import { Mailbox, type MailboxPlace, type RawMail } from "./email-mailbox.ts";
import { EmailSender } from "./email-sender.ts";
import type { EmailSettings } from "./email-settings.ts";
import { checkServer } from "./email-smtp.ts";
import { type Mail, parseMail } from "./mail.ts";

/** Bytes of text in one mail. */
const maxTextBytes = 200_000;

/** Largest file that is sent: most servers take mails of 25 MB, and a file grows by a third in one. */
const maxFileBytes = 18 * 1_048_576;

/** See `Connection`. A conversation is everything between one mail address and us. */
export class EmailConnection implements Connection {
  readonly capabilities;
  readonly #settings: EmailSettings;
  readonly #host: ChannelHost;
  #sender: EmailSender | undefined;

  constructor(settings: EmailSettings, host: ChannelHost) {
    this.#settings = settings;
    this.#host = host;
    this.capabilities = create(CapabilitiesSchema, {
      maxText: maxTextBytes,
      textUnit: "bytes",
      maxMediaBytes: BigInt(maxFileBytes),
      reply: true,
      backfill: true,
      // A server that keeps what it sends can always say so; a copy of our own may be missing after a crash.
      reconcile: settings.sent === "server",
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await checkServer(this.#settings.smtp, signal);
      const mailbox = await Mailbox.open(this.#settings, signal);
      try {
        await this.#follow(mailbox, signal);
      } finally {
        this.#sender = undefined;
        await mailbox.leave();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async send(action: OutboundAction, to: Address, attempt: SendAttempt): Promise<readonly string[]> {
    if (this.#sender === undefined) throw new UnsentError("the mailbox is not connected");
    return this.#sender.send(action, to, attempt);
  }

  async reconcile(delivery: Delivery): Promise<Reconciled | undefined> {
    return this.#sender?.reconcile(delivery);
  }

  async probe(signal: AbortSignal): Promise<string> {
    await checkServer(this.#settings.smtp, signal);
    const mailbox = await Mailbox.open(this.#settings, signal);
    await mailbox.leave();
    return this.#settings.address;
  }

  async #follow(mailbox: Mailbox, signal: AbortSignal): Promise<void> {
    const { address, authservId } = this.#settings;
    const host = this.#host;
    if (authservId === undefined) {
      host.log.warn({}, "who wrote a mail is not checked, and can be forged: set channels.email.authservId");
    }
    let place = await this.#start(mailbox);
    this.#sender = new EmailSender({ settings: this.#settings, host, mailbox, signal });
    host.online(address);
    for (;;) {
      place = await this.#takeNew(mailbox, place);
      await mailbox.news(signal);
    }
  }

  /** Where we were; the first time ever, the end. */
  async #start(mailbox: Mailbox): Promise<MailboxPlace> {
    const kept: Partial<MailboxPlace> = jsonObject(await this.#host.backfillCursor()) ?? {};
    const { validity, uid, time } = kept;
    if (validity !== undefined && uid !== undefined && time !== undefined) return { validity, uid, time };
    const place = { ...mailbox.end, time: timeNow() };
    await this.#host.keepCursor(JSON.stringify(place));
    return place;
  }

  async #takeNew(mailbox: Mailbox, from: MailboxPlace): Promise<MailboxPlace> {
    const { validity } = mailbox.end;
    let place = from;
    for (const uid of await mailbox.after(from)) {
      const raw = await mailbox.fetch(uid);
      place = { validity, uid, time: timeNow() };
      if (raw !== undefined) await this.#take(mailbox, raw, place);
    }
    return place;
  }

  /** Keeps one mail and where we are; what is no mail, or for nobody, is passed over. */
  async #take(mailbox: Mailbox, raw: RawMail, place: MailboxPlace): Promise<void> {
    const host = this.#host;
    const cursor = JSON.stringify(place);
    const mail = await this.#parse(raw);
    const why = mail === undefined ? "it cannot be read" : whyIgnored(mail, this.#settings);
    if (mail === undefined || why !== undefined) {
      host.log.info({ uid: raw.uid, from: mail?.from, reason: why }, "a mail was left alone");
      await host.keepCursor(cursor);
      return;
    }
    const fallbackId = `${place.validity}-${raw.uid}`;
    const facts = { settings: this.#settings, host, nowMs: systemClock.nowMs(), fallbackId, cut: raw.cut };
    await host.receive(await inboundFrom(mail, facts), cursor);
    if (this.#settings.markSeen) await mailbox.markSeen(raw.uid);
  }

  async #parse({ source, uid }: RawMail): Promise<Mail | undefined> {
    try {
      return await parseMail(source);
    } catch (error) {
      this.#host.log.warn({ uid, err: error }, "a mail cannot be read");
      return undefined;
    }
  }
}

function timeNow(): string {
  return new Date(systemClock.nowMs()).toISOString();
}
