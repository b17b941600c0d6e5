/** Where the part of a growing answer ends that is finished enough to be sent. */

import { findFences } from "../text/code-fences.ts";

/** How long blocks are, in UTF-16 units. */
export interface BlockSize {
  readonly min: number;
  readonly max: number;
  /** Nothing more comes for now: a line or a sentence will do. */
  readonly idle?: boolean;
}

/**
 * The end of the block that begins at `from`: after a paragraph, else a line, else a sentence, never inside a code block;
 * undefined while it is too short, or its end cannot be told yet.
 */
export function finishedBlockEnd(
  text: string,
  from: number,
  { min, max, idle = false }: BlockSize,
): number | undefined {
  if (text.length - from < min) return undefined;
  const fences = findFences(text).map((fence) => (fence.closed ? fence : { ...fence, end: text.length + 1 }));
  const isFree = (at: number): boolean => !fences.some((fence) => fence.start < at && at < fence.end);
  const end = Math.min(text.length, from + max);
  const places = (pattern: RegExp): number[] =>
    [...text.slice(from, end).matchAll(pattern)].map((match) => from + match.index + match[0].length);
  const last = (pattern: RegExp): number | undefined =>
    places(pattern).findLast((at) => at - from >= min && isFree(at));
  const paragraph = last(/\n[ \t]*\n+/g);
  if (paragraph !== undefined || (text.length - from < max && !idle)) return paragraph;
  return last(/\n/g) ?? last(/[.!?…。！？]["')\]”’]*\s+/g);
}
