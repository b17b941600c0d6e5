/** Files from hosts that are known beforehand, and from no others. */

/** What may be fetched, and how. */
export interface DownloadOptions {
  /** Asked about the address and about every one it leads to. */
  readonly isAllowed: (url: URL) => boolean;
  /** Sent to allowed addresses. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const mostRedirects = 3;

/** The bytes of the file. Throws when an address is not allowed, or the answer is no success. */
export async function* download(address: string, options: DownloadOptions): AsyncGenerator<Uint8Array, void> {
  const { isAllowed, headers = {}, signal } = options;
  let url = new URL(address);
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    if (!isAllowed(url)) throw new Error(`files are not fetched from ${url.host}`);
    const response = await fetch(url, { headers, signal, redirect: "manual" });
    const next = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && next !== null) {
      await response.body?.cancel();
      url = new URL(next, url);
      continue;
    }
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`${url.host} answered ${response.status}`);
    }
    yield* response.body;
    return;
  }
  throw new Error(`${url.host} leads from one address to another`);
}

/** True for https addresses on one of the hosts, and for those of the origin (a test server, a proxy of one's own). */
export function isOn(url: URL, hosts: readonly string[], origin: string): boolean {
  return url.origin === origin || (url.protocol === "https:" && url.port === "" && hosts.includes(url.hostname));
}
