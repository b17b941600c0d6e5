/** Names in what people say: whether one occurs, and how somebody is addressed. */

/** True when one of the names stands in the text as a word of its own; case does not matter. */
export function saysName(text: string, names: readonly string[]): boolean {
  const said = text.toLowerCase();
  return names.some((name) => hasWord(said, name.toLowerCase()));
}

/** The text without "name:" or "name," at its beginning, if there is more to it. */
export function withoutName(text: string, names: readonly string[]): string {
  for (const name of names) {
    if (name === "" || text.slice(0, name.length).toLowerCase() !== name.toLowerCase()) continue;
    const rest = text.slice(name.length);
    if (/^[:,]\s*\S/.test(rest)) return rest.replace(/^[:,]\s*/, "");
  }
  return text;
}

function hasWord(text: string, word: string): boolean {
  if (word === "") return false;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isPart(text[at - 1]) && !isPart(text[at + word.length])) return true;
  }
  return false;
}

function isPart(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}
