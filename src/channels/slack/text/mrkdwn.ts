/** From Markdown to what Slack shows: its own marks, and nothing that calls everybody. */

const code = /(^|\n)(`{3,}|~{3,})[^\n]*\n([\s\S]*?)(?:\n\2[^\S\n]*(?=\n|$)|$)|(`+)(?!`)([^\n]*?[^`\n])\4(?!`)/g;
/** Stand for what is put in at the end; they occur in no text that comes from a model. */
const [open, close, bold] = ["\u{E000}", "\u{E001}", "\u{E002}"];

/** The text as Slack's mrkdwn. Code stays as it is; mentions of people (<@U…>) and channels (<#C…>) stay mentions. */
export function mrkdwnFrom(markdown: string): string {
  const text = markdown.replace(/[\u{E000}-\u{E002}]/gu, "");
  let result = "";
  let from = 0;
  for (const found of text.matchAll(code)) {
    const [whole, start = "", fence, block = "", , span = ""] = found;
    result += prose(text.slice(from, found.index));
    result += fence === undefined ? `\`${escaped(span)}\`` : `${start}\`\`\`\n${escaped(block)}\n\`\`\``;
    from = found.index + whole.length;
  }
  return result + prose(text.slice(from));
}

function prose(text: string): string {
  const kept: string[] = [];
  const keep = (what: string): string => `${open}${kept.push(what) - 1}${close}`;
  return escapedOutside(text, keep)
    .replace(/!?\[([^\]\n]*)\]\((?:&lt;)?([a-z][a-z0-9+.-]*:[^\s)]+?)(?:&gt;)?(?:\s+"[^"\n]*")?\)/gi, (_, label, url) =>
      keep(`<${addressOf(url)}${label && label !== url ? `|${label.replace(/\|/g, "¦")}` : ""}>`),
    )
    .replace(
      /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?$/gm,
      (_, title: string) => `${bold}${title.replace(/\*\*|__/g, "")}${bold}`,
    )
    .replace(/^([ \t]*)[-*+][ \t]+/gm, "$1• ")
    .replace(/(?<!\\)(\*\*|__)(?=\S)([^\n]*?[^\s\\])\1/g, `${bold}$2${bold}`)
    .replace(/(?<![\w*\\])\*(?=[^\s*])([^*\n]*?[^\s*\\])\*(?![\w*])/g, "_$1_")
    .replace(/~~(?=\S)([^\n]*?\S)~~/g, "~$1~")
    .replace(/\\([\\`*_{}[\]()#+\-.!~>|])/g, "$1")
    .replaceAll(bold, "*")
    .replace(new RegExp(`${open}(\\d+)${close}`, "gu"), (_, index) => kept[Number(index)] ?? "");
}

/** Everything Slack would read as a command is made text, but for mentions of one person or channel and plain addresses. */
function escapedOutside(text: string, keep: (what: string) => string): string {
  const held = text.replace(/<(@[UW][A-Z0-9]+|#C[A-Z0-9]+|(?:https?|mailto):[^\s<>|]+)>/g, (_, inner: string) =>
    keep(`<${inner.replace(/&/g, "&amp;")}>`),
  );
  return escaped(held).replace(/^(&gt;)+ ?/gm, "> ");
}

/** An address holds nothing that would end it. */
function addressOf(url: string): string {
  return url.replace(/\|/g, "%7C");
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
