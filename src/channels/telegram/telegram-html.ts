/** Markdown in the HTML that Telegram shows; always well nested, everything else escaped. */

import { findFences } from "../../core/delivery/text/code-fences.ts";
import { escapeHtml } from "../../lib/text/escape-html.ts";

/** Marks inside of marks beyond this are shown as they are. */
const deepest = 8;

/** The text as Telegram's HTML. Without its tags it is never longer than the Markdown. */
export function telegramHtml(markdown: string): string {
  let html = "";
  let from = 0;
  for (const { start, codeStart, closeStart, end, opening } of findFences(markdown)) {
    const code = escapeHtml(markdown.slice(codeStart, closeStart).replace(/\n$/, ""));
    const [language] = /[\w+#.-]+/.exec(opening.replace(/^[`~]+/, "")) ?? [];
    const open = language === undefined ? "<pre>" : `<pre><code class="language-${escapeHtml(language)}">`;
    html += blocks(markdown.slice(from, start)) + open + code + (language === undefined ? "</pre>" : "</code></pre>");
    html += markdown.slice(closeStart, end).endsWith("\n") ? "\n" : "";
    from = end;
  }
  return html + blocks(markdown.slice(from));
}

/** Quotes are of several lines, the rest is told line by line; marks may reach over lines. */
function blocks(text: string): string {
  return text
    .split(/((?:^>.*(?:\n|$))+)/m)
    .map((piece, index) => (index % 2 === 0 ? inline(lineMarks(piece), 0) : quote(piece)))
    .join("");
}

function quote(lines: string): string {
  const text = lines.replace(/\n$/, "").replace(/^> ?/gm, "");
  return `<blockquote>${inline(lineMarks(text), 0)}</blockquote>${lines.endsWith("\n") ? "\n" : ""}`;
}

/** Titles are bold, and list signs are dots. */
function lineMarks(text: string): string {
  return text
    .replace(/^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/gm, (_, title: string) =>
      title === "" || title.includes("**") ? title : `**${title}**`,
    )
    .replace(/^([ \t]*)[-*+][ \t]+(?=\S)/gm, "$1• ");
}

const patterns = [
  /\\(?<escaped>[\\`*_{}[\]()#+\-.!~>|])/,
  /(?<ticks>`+)(?!`)(?<code>[\s\S]*?)(?<!`)\k<ticks>(?!`)/,
  /!?\[(?<title>[^\]\n]*)\]\(<?(?<url>[^\s)>]+)>?(?:\s+"[^"\n]*")?\)/,
  /(?<strong>\*\*|__)(?=\S)(?<bold>(?:(?!\n\n)[\s\S])*?[^\s\\])\k<strong>/,
  /~~(?=\S)(?<strike>(?:(?!\n\n)[\s\S])*?\S)~~/,
  /\|\|(?=\S)(?<spoiler>[^\n]*?\S)\|\|/,
  /(?<![\w*\\])\*(?=[^\s*])(?<stars>[^*\n]*?[^\s*\\])\*(?![\w*])/,
  /(?<![\w_\\])_(?=[^\s_])(?<lines>[^_\n]*?[^\s_\\])_(?![\w_])/,
];
const marks = new RegExp(patterns.map(({ source }) => source).join("|"), "g");

function inline(text: string, depth: number): string {
  if (depth > deepest) return escapeHtml(text);
  let html = "";
  let from = 0;
  for (const found of text.matchAll(marks)) {
    html += escapeHtml(text.slice(from, found.index)) + render(found.groups ?? {}, depth + 1);
    from = found.index + found[0].length;
  }
  return html + escapeHtml(text.slice(from));
}

function render(found: Readonly<Record<string, string | undefined>>, depth: number): string {
  const { escaped, code, title, url, bold, strike, spoiler, stars, lines } = found;
  if (escaped !== undefined) return escapeHtml(escaped);
  if (code !== undefined) return `<code>${escapeHtml(code)}</code>`;
  if (url !== undefined) return link(title ?? "", url, depth);
  if (bold !== undefined) return `<b>${inline(bold, depth)}</b>`;
  if (strike !== undefined) return `<s>${inline(strike, depth)}</s>`;
  if (spoiler !== undefined) return `<tg-spoiler>${inline(spoiler, depth)}</tg-spoiler>`;
  return `<i>${inline(stars ?? lines ?? "", depth)}</i>`;
}

function link(title: string, url: string, depth: number): string {
  const shown = title === "" ? escapeHtml(url) : inline(title, depth);
  if (/^(?:https?|tg|mailto|tel):/i.test(url)) return `<a href="${escapeHtml(url)}">${shown}</a>`;
  return title === "" ? shown : `${shown} (${escapeHtml(url)})`;
}
