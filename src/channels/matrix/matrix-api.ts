/**
 * The client-server API of a homeserver over fetch. matrix-js-sdk is not used: with its encryption it is some 20 MB, and what
 * a gateway without encryption needs of it is a dozen requests.
 */

import { sleep } from "../../lib/sleep.ts";
import { fetchWords } from "../../lib/web/fetch-words.ts";
import { type Json, numberAt, textAt } from "./matrix-json.ts";

/** Largest answer that is read, bytes; media is read as a stream and limited by whoever keeps it. */
const maxAnswerBytes = 64 * 1_048_576;

/** How long a request that is no long poll may take, ms. */
const requestMs = 30_000;

/** When a homeserver is asked again that has no time and does not say for how long, and at the latest, ms. */
const usualPauseMs = 1_000;
const longestPauseMs = 60_000;

/** The homeserver said no. */
export class MatrixError extends Error {
  readonly status: number;
  /** E.g. "M_FORBIDDEN"; empty when something else than a homeserver answered. */
  readonly code: string;
  /** When it wants to be asked again, ms. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, answer: Json, retryAfter: string | null) {
    const code = textAt(answer, "errcode");
    super(
      `the homeserver answered ${status}${code && ` ${code}`}${textAt(answer, "error") && `: ${textAt(answer, "error")}`}`,
    );
    this.name = "MatrixError";
    this.status = status;
    this.code = code;
    const seconds = Number(retryAfter ?? Number.NaN);
    this.retryAfterMs = numberAt(answer, "retry_after_ms") ?? (Number.isNaN(seconds) ? undefined : seconds * 1_000);
  }
}

/** One request. */
export interface MatrixRequest {
  readonly method: "GET" | "PUT" | "POST";
  /** From "/_matrix" on, parts encoded; see `path`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** A file instead of a body. */
  readonly file?: { readonly bytes: Uint8Array<ArrayBuffer>; readonly mediaType: string };
  readonly signal: AbortSignal;
  /** Default: 30 s. */
  readonly timeoutMs?: number;
  /** Asks again, as late as the homeserver wants, while that has no time for us. Default: for what only reads. */
  readonly patient?: boolean;
}

/** One access token on one homeserver. */
export class MatrixApi {
  readonly #homeserver: string;
  readonly #token: string | undefined;

  constructor(homeserver: string, token?: string) {
    this.#homeserver = homeserver;
    this.#token = token;
  }

  /** The answer. Rejects with MatrixError when the homeserver refuses, with what fetch throws when it cannot be reached. */
  async call(request: MatrixRequest): Promise<Json> {
    return readJson(await this.#ask(request));
  }

  /** The same, as a stream of bytes. */
  async stream(request: MatrixRequest): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await this.#ask(request);
    if (body === null) throw new Error("the homeserver sent nothing");
    return body;
  }

  async #ask(request: MatrixRequest): Promise<Response> {
    const { method, signal, patient = method === "GET" } = request;
    for (;;) {
      try {
        return await this.#fetch(request);
      } catch (error) {
        if (!patient || !(error instanceof MatrixError) || error.status !== 429) throw error;
        await sleep(Math.min(error.retryAfterMs || usualPauseMs, longestPauseMs), signal);
      }
    }
  }

  async #fetch({
    method,
    path: where,
    query,
    body,
    file,
    signal,
    timeoutMs = requestMs,
  }: MatrixRequest): Promise<Response> {
    const url = `${this.#homeserver}${where}${query ? `?${new URLSearchParams(query)}` : ""}`;
    const response = await fetch(url, {
      method,
      headers: {
        ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(file !== undefined && { "content-type": file.mediaType }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(file !== undefined && { body: file.bytes }),
      // A redirect would take the token elsewhere.
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (response.ok) return response;
    const answer = await readJson(response).catch(() => ({}));
    throw new MatrixError(response.status, answer, response.headers.get("retry-after"));
  }
}

/** A path of the API; what follows a slash in the template is encoded. */
export function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return `/_matrix${parts.map((part, index) => part + encodeURIComponent(values[index] ?? "")).join("")}`;
}

/** Fetch's own words say little: what is beneath them is said as well. */
export function matrixWords(error: unknown): string {
  const words = fetchWords(error);
  return error instanceof Error && error.cause instanceof Error ? `the homeserver cannot be reached: ${words}` : words;
}

async function readJson(response: Response): Promise<Json> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error("the homeserver's answer is too long");
    chunks.push(chunk);
  }
  const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  if (typeof parsed !== "object" || parsed === null) throw new Error("the homeserver's answer is no JSON object");
  return parsed as Json;
}
