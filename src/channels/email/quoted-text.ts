/** What somebody wrote in a mail, apart from what they answer and from their signature. */

/** The parts. */
export interface MailText {
  readonly said: string;
  /** What was quoted below it, without marks; empty when nothing was. */
  readonly quoted: string;
}

/** Lines by which mail programs announce a quotation. */
const announcements = [
  /^\s*(on|am|le|el|il|op|den|em|w dniu)\b.{5,200}(wrote|schrieb|écrit|escribió|scritto|schreef|skrev|escreveu|napisał)[^\n]{0,100}:\s*$/i,
  /^\s*-{2,}\s*(original message|ursprüngliche nachricht|message d'origine|forwarded message)\s*-{2,}\s*$/i,
  /^\s*_{20,}\s*$/,
];

/** See the file's first line. Answers between the lines of a quotation stay as they are. */
export function splitMailText(text: string): MailText {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const start = quotationStart(lines);
  const body = start === undefined ? lines : lines.slice(0, start);
  const quoted = start === undefined ? [] : lines.slice(start);
  const signature = body.findIndex((line) => /^-- ?$/.test(line));
  return {
    said: (signature === -1 ? body : body.slice(0, signature)).join("\n").trim(),
    quoted: quoted
      .filter((line) => !isAnnouncement(line))
      .map((line) => line.replace(/^(?:> ?)+/, ""))
      .join("\n")
      .trim(),
  };
}

/** The first line of a quotation that goes on to the end, or of a mail that is forwarded or answered without marks. */
function quotationStart(lines: readonly string[]): number | undefined {
  const signature = lines.indexOf("-- ");
  const last = lines.findLastIndex((line, at) => {
    return (signature === -1 || at < signature) && !line.startsWith(">") && line.trim() !== "";
  });
  const marked = lines.findIndex((line, at) => at > last && line.startsWith(">"));
  if (marked !== -1) {
    if (isAnnouncement(lines[last] ?? "")) return last;
    return isAnnouncement(`${lines[last - 1] ?? ""} ${lines[last] ?? ""}`) ? last - 1 : marked;
  }
  if (lines.some((line) => line.startsWith(">"))) return undefined;
  const unmarked = lines.findIndex(isAnnouncement);
  return unmarked === -1 ? undefined : unmarked;
}

function isAnnouncement(line: string): boolean {
  return line.length < 400 && announcements.some((pattern) => pattern.test(line));
}
