/** Text of others, made safe to show: a message must not be able to move the cursor or change the terminal's colours. */

/** The text without control characters; line breaks and tabs stay. */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** The text on one line, without control characters. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ").trim();
}
