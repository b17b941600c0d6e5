/** Lines of the IRC protocol: what one says, and how one is written. */

/** A line a server sent. */
export interface IrcLine {
  readonly tags: ReadonlyMap<string, string>;
  /** Who it is from: "nick!user@host", or a server. Empty when not said. */
  readonly source: string;
  /** Upper case, or a three-digit reply. */
  readonly command: string;
  readonly params: readonly string[];
}

/** Who wrote something. */
export interface IrcSource {
  readonly nick: string;
  /** "nick!user@host"; only the nick when no more is known. */
  readonly mask: string;
}

/** Makes the spellings of one name the same. */
export type Fold = (name: string) => string;

/** Reads a line, without its end. Undefined when it is none. */
export function parseLine(text: string): IrcLine | undefined {
  const match = /^(?:@(\S+) +)?(?::(\S+) +)?([A-Za-z]+|\d{3})(?: +(.*))?$/su.exec(text);
  if (match === null) return undefined;
  const [, tags = "", source = "", command = "", rest = ""] = match;
  return { tags: readTags(tags), source, command: command.toUpperCase(), params: readParams(rest) };
}

/**
 * Writes a line, without its end. The last parameter may hold spaces. Throws when a parameter would be read as something else:
 * text of a model or a stranger must never become a command.
 */
export function formatLine(command: string, ...params: readonly string[]): string {
  const last = params.length - 1;
  const written = params.map((param, index) => {
    if (/[\r\n\0]/.test(param)) throw new Error(`a parameter of ${command} holds a line break`);
    if (index === last) return /^$|^:| /.test(param) ? `:${param}` : param;
    if (/^$|^:| /.test(param)) throw new Error(`a parameter of ${command} is empty or holds a space`);
    return param;
  });
  return [command, ...written].join(" ");
}

/** The writer of a line. */
export function sourceOf({ source }: IrcLine): IrcSource {
  return { nick: source.split("!", 1)[0] ?? "", mask: source };
}

/** Lower case as most servers see it: []\~ are the upper case of {}|^. Names that are equal then are the same. */
export function foldName(name: string): string {
  return foldStrictly(name).replaceAll("~", "^");
}

/** How a server that says CASEMAPPING folds names. */
export function foldOf(mapping: string): Fold {
  if (mapping === "rfc1459") return foldName;
  if (mapping === "rfc1459-strict") return foldStrictly;
  if (mapping === "ascii") return (name) => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return (name) => name.toLowerCase();
}

/** "nick!user@host" with the nick folded and the rest, where ~ means something, in lower case. */
export function foldMask(mask: string, fold: Fold): string {
  const [nick = "", ...rest] = mask.split("!");
  return [fold(nick), ...rest.map((part) => part.toLowerCase())].join("!");
}

/** True for the name of a channel, as opposed to a nick. */
export function isChannel(name: string): boolean {
  return /^[#&+!]/.test(name);
}

function foldStrictly(name: string): string {
  return name.toLowerCase().replaceAll("[", "{").replaceAll("]", "}").replaceAll("\\", "|");
}

function readParams(text: string): string[] {
  const params: string[] = [];
  let rest = text;
  while (rest !== "") {
    if (rest.startsWith(":")) return [...params, rest.slice(1)];
    const end = rest.indexOf(" ");
    if (end === -1) return [...params, rest];
    params.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return params;
}

const tagEscapes: Readonly<Record<string, string>> = { ":": ";", s: " ", "\\": "\\", r: "\r", n: "\n" };

function readTags(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(";").filter(Boolean);
  return new Map(
    pairs.map((pair) => {
      const [key = "", ...value] = pair.split("=");
      return [key, value.join("=").replace(/\\(.?)/g, (_all, code: string) => tagEscapes[code] ?? code)] as const;
    }),
  );
}
