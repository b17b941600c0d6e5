/** Mail that no person wrote: it is never answered, for the answer might be answered by a program again. */

import { headerValues, type Mail } from "./mail.ts";

/** Why it is automatic, or undefined when a person may have written it. */
export function whyAutomatic(mail: Mail): string | undefined {
  const first = (name: string): string => (headerValues(mail, name)[0] ?? "").toLowerCase();
  const submitted = first("auto-submitted");
  if (submitted !== "" && !submitted.startsWith("no")) return `Auto-Submitted: ${submitted}`;
  if (/^multipart\/report|^message\/(delivery|disposition)/.test(first("content-type")))
    return "a report of a mail server";
  if (first("return-path") === "<>") return "it has no sender to return it to";
  if (/^(bulk|list|junk|auto_reply)/.test(first("precedence"))) return `Precedence: ${first("precedence")}`;
  for (const name of ["list-id", "list-unsubscribe", "x-autoreply", "x-autorespond", "feedback-id"]) {
    if (headerValues(mail, name).length > 0) return `it has ${name}`;
  }
  if (/^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+@-]|$)/.test(mail.from))
    return `it is from ${mail.from}`;
  return undefined;
}
