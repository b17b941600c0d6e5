/** Names in what people say: whether one occurs, and how somebody is addressed. */

/** How names are written somewhere. */
export interface NameRules {
  /** Makes the spellings of one name the same, none longer or shorter. */
  readonly fold: (text: string) => string;
  /** A character that may be part of a name, once it is folded. */
  readonly part: RegExp;
}

const usualRules: NameRules = { fold: (text) => text.toLowerCase(), part: /[\p{L}\p{N}_]/u };

/** True when one of the names stands in the text as a word of its own; unless there are other rules, case does not matter. */
export function saysName(text: string, names: readonly string[], { fold, part }: NameRules = usualRules): boolean {
  const said = fold(text);
  return names.some((name) => hasWord(said, fold(name), part));
}

/** The text without "name:" or "name," at its beginning, if there is more to it. */
export function withoutName(text: string, names: readonly string[], { fold }: NameRules = usualRules): string {
  for (const name of names) {
    if (name === "" || fold(text.slice(0, name.length)) !== fold(name)) continue;
    const rest = text.slice(name.length);
    if (/^[:,]\s*\S/.test(rest)) return rest.replace(/^[:,]\s*/, "");
  }
  return text;
}

function hasWord(text: string, word: string, part: RegExp): boolean {
  if (word === "") return false;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!part.test(text[at - 1] ?? "") && !part.test(text[at + word.length] ?? "")) return true;
  }
  return false;
}
