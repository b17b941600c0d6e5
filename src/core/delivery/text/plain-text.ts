/** Markdown for networks that show none: the same words without the signs, never longer than before. */

import { findFences } from "./code-fences.ts";

/** The text as a person would type it: links keep their address, code keeps its lines. */
export function plainText(markdown: string): string {
  let result = "";
  let from = 0;
  for (const fence of findFences(markdown)) {
    result += plainProse(markdown.slice(from, fence.start)) + markdown.slice(fence.codeStart, fence.closeStart);
    from = fence.end;
  }
  return result + plainProse(markdown.slice(from));
}

const codeSpan = /(`+)(?!`)([\s\S]*?)(?<!`)\1(?!`)/g;

function plainProse(text: string): string {
  let result = "";
  let from = 0;
  for (const span of text.matchAll(codeSpan)) {
    result += withoutMarks(text.slice(from, span.index)) + (span[2] ?? "");
    from = span.index + span[0].length;
  }
  return result + withoutMarks(text.slice(from));
}

/** Each sign and what is left of it. Emphasis is only taken away where it opens and closes around something. */
const marks: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [/^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?$/gm, (_, title = "") => title],
  [/!?\[([^\]\n]*)\]\(<?([^\s)>]+)>?(?:\s+"[^"\n]*")?\)/g, (_, title = "", url = "") => linkText(title, url)],
  [/<((?:https?|mailto):[^\s>]+)>/g, (_, url = "") => url],
  [/(?<!\\)(\*\*|__)(?=\S)([^\n]*?[^\s\\])\1/g, (_, _mark, inner = "") => inner],
  [/~~(?=\S)([^\n]*?\S)~~/g, (_, inner = "") => inner],
  [/(?<![\w*\\])\*(?=[^\s*])([^*\n]*?[^\s*\\])\*(?![\w*])/g, (_, inner = "") => inner],
  [/(?<![\w_\\])_(?=[^\s_])([^_\n]*?[^\s_\\])_(?![\w_])/g, (_, inner = "") => inner],
  [/\\([\\`*_{}[\]()#+\-.!~>|])/g, (_, sign = "") => sign],
];

function withoutMarks(text: string): string {
  return marks.reduce((plain, [pattern, left]) => plain.replace(pattern, left), text);
}

function linkText(title: string, url: string): string {
  return title === "" || title === url ? url : `${title} (${url})`;
}
