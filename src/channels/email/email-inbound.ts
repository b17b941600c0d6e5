/** From a mail to an inbound message. */

import { Readable } from "node:stream";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { ChannelHost } from "../../core/channel/network.ts";
import { Failure } from "../../core/errors.ts";
import { cutText } from "../../lib/text/cut-text.ts";
import { isAuthentic } from "./authentic-sender.ts";
import { whyAutomatic } from "./automatic-mail.ts";
import type { EmailSettings } from "./email-settings.ts";
import type { Mail } from "./mail.ts";
import { splitMailText } from "./quoted-text.ts";

/** Characters of one mail that are handed in, of what it quotes, and of names and subjects. */
const maxText = 200_000;
const maxQuoted = 20_000;
const maxTitle = 300;

/** Longest Message-ID that is one. */
const maxId = 900;

/** Files of one mail that are kept. */
const maxFiles = 20;

/** What is known beside the mail. */
export interface MailFacts {
  readonly settings: EmailSettings;
  readonly host: ChannelHost;
  readonly nowMs: number;
  /** Id to use when the mail has none. */
  readonly fallbackId: string;
  /** The mail is larger than the limit: only its beginning was read, and no file. */
  readonly cut: boolean;
}

/** Why a mail is left alone, or undefined when it is to be handed in. */
export function whyIgnored(mail: Mail, { address, authservId }: EmailSettings): string | undefined {
  if (mail.from === "" || mail.from.length > 320) return "nobody says who wrote it";
  if (mail.from === address) return "it is our own";
  const automatic = whyAutomatic(mail);
  if (automatic !== undefined) return automatic;
  if (authservId === undefined || isAuthentic(mail, authservId)) return undefined;
  return `${authservId} does not vouch for its sender`;
}

/** The message. A conversation is everything between one address and us: threads are told apart by what is answered. */
export async function inboundFrom(mail: Mail, facts: MailFacts): Promise<InboundMessage> {
  const { host, nowMs, fallbackId, cut } = facts;
  const { said, quoted } = splitMailText(mail.text);
  const kept = cut ? { attachments: [], missing: 0 } : await keepFiles(mail, host);
  const title = cutText(mail.fromTitle || mail.from, maxTitle);
  const notes = [
    ...(cut ? ["<the mail is too large; only its beginning is here, without files>"] : []),
    ...Array.from({ length: kept.missing }, () => "<media:document>"),
  ];
  return create(InboundMessageSchema, {
    platformId: mail.id.length > maxId ? fallbackId : mail.id || fallbackId,
    address: mail.from,
    kind: Kind.DIRECT,
    conversationTitle: title,
    senderAddress: mail.from,
    senderTitle: title,
    text: [cutText(withSubject(mail, said), maxText), ...notes].filter((part) => part !== "").join("\n"),
    attachments: [...kept.attachments],
    time: timestampFromMs(Math.min(mail.dateMs ?? nowMs, nowMs)),
    replyTo: mail.inReplyTo.slice(0, maxId),
    replyText: cutText(quoted, maxQuoted),
  });
}

/** The subject of a new thread is part of what was said; a command stands alone. */
function withSubject({ subject, inReplyTo }: Mail, said: string): string {
  if (subject.trim() === "" || inReplyTo !== "" || said.startsWith("/")) return said;
  const title = cutText(subject, maxTitle);
  return said === "" ? title : `Subject: ${title}\n\n${said}`;
}

async function keepFiles(
  { files }: Mail,
  host: ChannelHost,
): Promise<{ attachments: readonly Attachment[]; missing: number }> {
  const attachments: Attachment[] = [];
  for (const { fileName, content } of files.slice(0, maxFiles)) {
    try {
      attachments.push(await host.storeFile(Readable.from([content]), { fileName }));
    } catch (error) {
      // One that is too large is left out; a disk that fails is nothing the mail can help.
      if (!(error instanceof Failure)) throw error;
      host.log.warn({ fileName, reason: error.message }, "a file of a mail was not taken");
    }
  }
  return { attachments, missing: files.length - attachments.length };
}
