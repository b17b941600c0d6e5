/** Markdown as the HTML that Matrix clients show. Everything that is no markup we know is text, and escaped. */

import { escapeHtml } from "../../lib/text/escape-html.ts";

/** Quotations in quotations beyond this are shown as they are: clients show no more either. */
const deepest = 20;

/** The HTML, or undefined when the text has no markup at all. */
export function htmlOf(markdown: string): string | undefined {
  const html = blocksOf(markdown.split("\n"), 0);
  return html === escapeHtml(markdown).replaceAll("\n", "<br>") ? undefined : html;
}

interface Block {
  /** Lines of it. */
  readonly length: number;
  readonly html: string;
}

function blocksOf(lines: readonly string[], depth: number): string {
  const parts: string[] = [];
  let prose: string[] = [];
  const flush = (): void => {
    if (prose.length > 0) parts.push(prose.map(inline).join("<br>"));
    prose = [];
  };
  for (let at = 0; at < lines.length; ) {
    const rest = lines.slice(at);
    const block = fence(rest) ?? heading(rest) ?? quote(rest, depth) ?? list(rest);
    if (block === undefined) prose.push(rest[0] ?? "");
    else {
      flush();
      parts.push(block.html);
    }
    at += block?.length ?? 1;
  }
  flush();
  return parts.join("");
}

function fence(lines: readonly string[]): Block | undefined {
  const open = /^\s*(`{3,}|~{3,})\s*([\w+#.-]*)/.exec(lines[0] ?? "");
  if (open === null) return undefined;
  const [, mark = "", language = ""] = open;
  const end = lines.findIndex((line, index) => index > 0 && line.trim().startsWith(mark));
  const code = lines.slice(1, end === -1 ? undefined : end).join("\n");
  const kind = language === "" ? "" : ` class="language-${escapeHtml(language)}"`;
  return { length: end === -1 ? lines.length : end + 1, html: `<pre><code${kind}>${escapeHtml(code)}\n</code></pre>` };
}

function heading([line = ""]: readonly string[]): Block | undefined {
  const match = /^(#{1,6})\s+(.+)$/.exec(line);
  const level = match?.[1]?.length;
  return match === null ? undefined : { length: 1, html: `<h${level}>${inline(match[2] ?? "")}</h${level}>` };
}

function quote(lines: readonly string[], depth: number): Block | undefined {
  const length = runOf(lines, /^>/);
  if (length === 0 || depth === deepest) return undefined;
  const inner = lines.slice(0, length).map((line) => line.replace(/^> ?/, ""));
  return { length, html: `<blockquote>${blocksOf(inner, depth + 1)}</blockquote>` };
}

function list(lines: readonly string[]): Block | undefined {
  for (const [tag, mark] of [
    ["ul", /^\s*[-*+]\s+(?=\S)/],
    ["ol", /^\s*\d+[.)]\s+(?=\S)/],
  ] as const) {
    const length = runOf(lines, mark);
    if (length === 0) continue;
    const items = lines.slice(0, length).map((line) => `<li>${inline(line.replace(mark, ""))}</li>`);
    return { length, html: `<${tag}>${items.join("")}</${tag}>` };
  }
  return undefined;
}

function runOf(lines: readonly string[], pattern: RegExp): number {
  const end = lines.findIndex((line) => !pattern.test(line));
  return end === -1 ? lines.length : end;
}

/** Code is taken out first: nothing in it is markup. */
function inline(line: string): string {
  return line
    .split(/(`+[^`]+`+)/)
    .map((part) => {
      const code = /^(`+)([^`]+)\1$/.exec(part);
      return code === null ? styled(escapeHtml(part)) : `<code>${escapeHtml(code[2] ?? "")}</code>`;
    })
    .join("");
}

function styled(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\((https?:\/\/[^\s()]+|mailto:[^\s()]+)\)/g, '<a href="$2">$1</a>')
    .replace(/\*\*(\S(?:[^*]*\S)?)\*\*/g, "<strong>$1</strong>")
    .replace(/(?<![\w*])\*(\S(?:[^*]*[^\s*])?)\*(?![\w*])/g, "<em>$1</em>")
    .replace(/(?<![\w/"=_])_(\S(?:[^_]*[^\s_])?)_(?![\w"])/g, "<em>$1</em>")
    .replace(/~~(\S(?:[^~]*\S)?)~~/g, "<del>$1</del>");
}
