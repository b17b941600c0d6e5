/** What a file is, by its bytes: what a sender says about it is never believed. */

/**
 * The media type of a file that begins with these bytes: what its signature says, "text/plain" for text without one (web
 * pages and vector images are text here, so that nothing opens them as a page), else "application/octet-stream".
 */
export async function mediaTypeOf(head: Uint8Array): Promise<string> {
  const { fileTypeFromBuffer } = await import("file-type");
  const found = await fileTypeFromBuffer(head);
  if (found !== undefined && found.mime !== "application/xml") return found.mime;
  return isText(head) ? "text/plain" : "application/octet-stream";
}

/** True for UTF-8 without control characters; a character cut at the end is no harm. */
function isText(head: Uint8Array): boolean {
  if (head.length === 0) return true;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return [...text].every((character) => character >= " " || "\t\n\r\f\u001b".includes(character));
  } catch {
    return false;
  }
}
