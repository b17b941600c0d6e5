/** The body of a call to the Bot API: JSON, or a form with files. */

/** A file in a form. */
export interface SentUpload {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Fields of a call. */
export type Payload = Readonly<Record<string, unknown>> & { readonly uploads: Readonly<Record<string, SentUpload>> };

/** The fields; what is JSON in a form is read as such. */
export function readPayload(body: Buffer, contentType: string): Payload {
  const [, boundary] = /boundary=(.+)$/.exec(contentType) ?? [];
  if (boundary === undefined) {
    const fields = body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>);
    return { ...fields, uploads: {} };
  }
  const fields: Record<string, unknown> = {};
  const uploads: Record<string, SentUpload> = {};
  for (const part of body.toString("latin1").split(`--${boundary}`).slice(1, -1)) {
    const [head = "", ...rest] = part.replace(/^\r\n|\r\n$/g, "").split("\r\n\r\n");
    const bytes = Buffer.from(rest.join("\r\n\r\n"), "latin1");
    const [, name = ""] = /name="([^"]+)"/.exec(head) ?? [];
    const [, fileName] = /filename=([^\r\n]*)/.exec(head) ?? [];
    if (fileName === undefined) fields[name] = plainValue(bytes.toString());
    else uploads[name] = { name: Buffer.from(fileName, "latin1").toString(), bytes };
  }
  return { ...fields, uploads };
}

function plainValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
