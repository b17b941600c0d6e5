/** Opaque page tokens, bound to the query they belong to. */

/** What a token carries: the key of the last row, and a fingerprint of the query. */
interface TokenBody {
  readonly q: string;
  readonly k: readonly (string | number | boolean)[];
}

/** A token that leads on from `key` in the results of `query` (any text that names filter and order). */
export function encodePageToken(query: string, key: TokenBody["k"]): string {
  const body: TokenBody = { q: fingerprint(query), k: key };
  return Buffer.from(JSON.stringify(body)).toString("base64url");
}

/** The key inside a token, or undefined when it is damaged or belongs to another query. */
export function decodePageToken(token: string, query: string): TokenBody["k"] | undefined {
  try {
    const body = JSON.parse(Buffer.from(token, "base64url").toString()) as Partial<TokenBody>;
    if (body.q !== fingerprint(query) || !Array.isArray(body.k)) return undefined;
    return body.k;
  } catch {
    return undefined;
  }
}

/** FNV-1a, 32 bits: enough to notice a token used with another filter; it guards no secret. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
