/** Reads HTML the way Telegram does: a few tags, well nested, and nothing else. */

const known = /^(?:b|strong|i|em|u|s|code|pre|a|blockquote|tg-spoiler)$/;
const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** The text without its tags. Throws what Telegram says when it cannot be read. */
export function readHtml(html: string): string {
  const open: string[] = [];
  let text = "";
  let from = 0;
  for (const tag of html.matchAll(/<(\/?)([^\s>]*)([^>]*)>/g)) {
    text += html.slice(from, tag.index);
    from = tag.index + tag[0].length;
    const [, slash, name = ""] = tag;
    if (!known.test(name)) throw new Error(`can't parse entities: Unsupported start tag "${name}"`);
    if (slash === "") open.push(name);
    else if (open.pop() !== name) throw new Error(`can't parse entities: Unmatched end tag "${name}"`);
  }
  if (open.length > 0) throw new Error(`can't parse entities: Can't find end tag corresponding to "${open.at(-1)}"`);
  text += html.slice(from);
  return text.replace(/&(lt|gt|amp|quot);/g, (_, name: string) => entities[name] ?? "");
}
