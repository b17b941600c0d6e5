/** Marks around what was said outside, and how text inside them is made harmless. */

import { idOf } from "../names.ts";

/** Id of the marks for what a message or run holds. Nobody knows it when they write: text that only looks like a mark ends nothing. */
export function markId({ name }: { readonly name: string }): string {
  return idOf(name).slice(-10).toLowerCase();
}

/** Only the first line of what somebody said begins like a line of its own. */
export function indented(text: string): string {
  return text.replace(/\r\n?|[\n\u2028\u2029]/g, "\n  ");
}
