/** One mail, parsed. */

import type { ParsedMail } from "mailparser";

/** A file in a mail. */
export interface MailFile {
  readonly fileName: string;
  readonly content: Uint8Array;
}

/** See the file's first line. Everything in it was written by whoever sent it, except for what is above our server's mark. */
export interface Mail {
  /** Message-ID without brackets; empty when there is none. */
  readonly id: string;
  /** In lower case; empty when nobody says. */
  readonly from: string;
  readonly fromTitle: string;
  readonly subject: string;
  readonly text: string;
  /** Message-ID it answers; empty for none. */
  readonly inReplyTo: string;
  /** Message-IDs of the thread, oldest first. */
  readonly references: readonly string[];
  readonly dateMs: number | undefined;
  readonly files: readonly MailFile[];
  /** Header lines in order, the newest first: name in lower case, and value on one line. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Parses a mail. Rejects when it is none. */
export async function parseMail(source: Buffer): Promise<Mail> {
  const { simpleParser } = await import("mailparser");
  const options = { skipImageLinks: true, skipTextToHtml: true, maxHtmlLengthToParse: 2_000_000 };
  const parsed = await simpleParser(source, options);
  const [from] = parsed.from?.value ?? [];
  return {
    id: withoutBrackets(parsed.messageId ?? ""),
    from: (from?.address ?? "").toLowerCase(),
    fromTitle: from?.name ?? "",
    subject: parsed.subject ?? "",
    text: parsed.text ?? "",
    inReplyTo: withoutBrackets(parsed.inReplyTo ?? ""),
    references: [parsed.references ?? []].flat().map(withoutBrackets),
    dateMs: parsed.date?.getTime(),
    files: filesOf(parsed),
    headers: parsed.headerLines.map(({ key, line }) => {
      return [
        key.toLowerCase(),
        line
          .slice(line.indexOf(":") + 1)
          .replace(/\r?\n\s+/g, " ")
          .trim(),
      ] as const;
    }),
  };
}

/** Values of a header, the newest first. */
export function headerValues({ headers }: Mail, name: string): string[] {
  return headers.filter(([key]) => key === name).map(([, value]) => value);
}

/** "<id>" as "id". */
function withoutBrackets(id: string): string {
  return id.trim().replace(/^<|>$/g, "");
}

function filesOf({ attachments }: ParsedMail): MailFile[] {
  return attachments
    .filter(
      ({ contentType }) => !/^application\/(pgp|pkcs7)-signature|^application\/x-pkcs7-signature/.test(contentType),
    )
    .map(({ filename, content }) => ({ fileName: filename ?? "", content }));
}
