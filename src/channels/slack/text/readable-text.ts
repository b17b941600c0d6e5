/** Text as Slack writes it, with names instead of ids and addresses as they are. */

/** Names of people by id. */
export type PersonName = (id: string) => Promise<string>;

/** What is meant. Our own mention at its beginning is left out: it says who is meant, not what. */
export async function readableText(text: string, selfId: string, personName: PersonName): Promise<string> {
  const said = text.replace(new RegExp(`^\\s*(?:<@${selfId}(?:\\|[^>]*)?>[\\s,:]*)+`), "");
  const ids = new Set([...said.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].map(([, id = ""]) => id));
  const names = new Map(await Promise.all([...ids].map(async (id) => [id, await personName(id)] as const)));
  const plain = said.replace(/<([^<>\n]+)>/g, (whole, inner: string) => {
    const [what = "", label] = inner.split("|", 2);
    if (what.startsWith("@")) return `@${names.get(what.slice(1)) ?? label ?? what.slice(1)}`;
    if (what.startsWith("#")) return `#${label || what.slice(1)}`;
    if (what.startsWith("!subteam")) return label || "@group";
    if (what.startsWith("!date")) return label ?? "";
    if (what.startsWith("!")) return `@${label?.replace(/^@/, "") || what.slice(1)}`;
    if (!/^(https?|mailto|tel|ftp|slack):/i.test(what)) return whole;
    const address = what.replace(/^(mailto|tel):/, "");
    return label === undefined || label === address || label === what ? address : `${label} (${address})`;
  });
  return plain.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/** True when the text names us. */
export function mentions(text: string, selfId: string): boolean {
  return new RegExp(`<@${selfId}(?:\\|[^>]*)?>`).test(text);
}
