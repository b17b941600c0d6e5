/** Whether our mail server vouches for who wrote a mail (RFC 8601). Anybody can write any From. */

import { headerValues, type Mail } from "./mail.ts";

/** True when the server with this name says that the domain of From sent it: by DMARC, or an aligned DKIM or SPF. */
export function isAuthentic(mail: Mail, authservId: string): boolean {
  const domain = domainOf(mail.from);
  if (domain === "" || headerValues(mail, "from").length !== 1) return false;
  // The newest is our server's own: it writes above what came with the mail, and takes out what claims to be its own.
  const own = headerValues(mail, "authentication-results").find((value) => {
    return value.split(";", 1)[0]?.trim().split(/\s/, 1)[0]?.toLowerCase() === authservId.toLowerCase();
  });
  const results = plainResults(own ?? "")
    .split(";")
    .slice(1);
  return results.some((result) => {
    const [, method = "", verdict = ""] = /^\s*([a-z]+)(?:\/\d+)?\s*=\s*([a-z]+)/i.exec(result) ?? [];
    if (verdict.toLowerCase() !== "pass") return false;
    switch (method.toLowerCase()) {
      case "dmarc":
        return aligned(property(result, "header.from") || domain, domain);
      case "dkim":
        return aligned(property(result, "header.d") || domainOf(property(result, "header.i")), domain);
      case "spf":
        return aligned(domainOf(property(result, "smtp.mailfrom")) || property(result, "smtp.mailfrom"), domain);
      default:
        return false;
    }
  });
}

/** What is after the last @; empty when there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf("@");
  return at === -1 ? "" : address.slice(at + 1).toLowerCase();
}

function property(result: string, name: string): string {
  const [, value = ""] = new RegExp(`\\s${name.replace(".", "\\.")}=(\\S+)`, "i").exec(result) ?? [];
  return value.toLowerCase();
}

/** The same domain, or one above the other: a part of a domain belongs to whoever has it. */
function aligned(signed: string, from: string): boolean {
  if (!signed.includes(".")) return signed !== "" && signed === from;
  return signed === from || from.endsWith(`.${signed}`);
}

/**
 * The results without comments and quotation marks. What stands between marks is a single word of whoever sent the mail (the
 * part of an address before the @ may be nearly anything): nothing in it ends a result or begins another.
 */
function plainResults(text: string): string {
  let result = "";
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "\\" && (quoted || depth > 0)) {
      at += 1;
      if (quoted) result += "_";
    } else if (quoted) {
      quoted = character !== '"';
      if (quoted) result += /[\s;=]/.test(character) ? "_" : character;
    } else if (character === "(") {
      depth += 1;
      result += " ";
    } else if (depth > 0) {
      if (character === ")") depth -= 1;
    } else if (character === '"') quoted = true;
    else result += character;
  }
  return result;
}
