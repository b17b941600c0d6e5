/** Which model somebody means who types a name. */

import type { ModelCatalog } from "../agent/model.ts";

/** The reference of the model meant, or what to tell instead. */
export type ModelFound = { readonly reference: string } | { readonly problem: string };

const mostNamed = 8;

/** Finds a usable model by its reference, by its id, or by a piece of its reference that no other has. */
export function chooseModel(models: ModelCatalog, typed: string): ModelFound {
  const name = typed.toLowerCase();
  const known = models.list();
  const exact = known.find(({ reference }) => reference.toLowerCase() === name);
  const byId = known.filter(({ reference }) => reference.toLowerCase().endsWith(`/${name}`));
  const usable = known.filter((model) => model.usable);
  const similar = usable.filter(({ reference }) => reference.toLowerCase().includes(name));
  const [found, ...others] = exact !== undefined ? [exact] : byId.length > 0 ? preferUsable(byId) : similar;
  if (found === undefined) return { problem: `I know no model "${typed}". /model shows those I can use.` };
  if (others.length > 0) return { problem: `"${typed}" could be ${namesOf([found, ...others])}. Write more of it.` };
  if (!found.usable) return { problem: `${found.reference} cannot be used: ${found.unusableReason}` };
  return { reference: found.reference };
}

/** Some references, and how many more there are. */
export function namesOf(models: readonly { readonly reference: string }[]): string {
  const names = models.slice(0, mostNamed).map(({ reference }) => reference);
  const more = models.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function preferUsable<Item extends { readonly usable: boolean }>(models: readonly Item[]): readonly Item[] {
  const usable = models.filter((model) => model.usable);
  return usable.length > 0 ? usable : models;
}
