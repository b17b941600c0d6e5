/** Text from outside that may be longer than anybody wants to keep. */

/** At most `max` characters of the text, with a mark where it was cut. */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).toWellFormed()} …`;
}
