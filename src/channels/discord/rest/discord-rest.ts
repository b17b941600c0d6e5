/** Discord's HTTP interface: asked at the pace it wants, and told apart is who failed. */

import { UnsentError } from "../../../core/channel/network.ts";
import { sleep } from "../../../lib/sleep.ts";
import { fetchWords } from "../../../lib/web/fetch-words.ts";
import { neverLeft } from "../../../lib/web/never-left.ts";
import type { DiscordSettings } from "../discord-settings.ts";
import { RestLimits, refusalMs } from "./rest-limits.ts";

/** Waits up to this long are waited here, in ms; for longer ones the caller is told when to come again. */
const shortWaitMs = 1_500;
const answerMs = 30_000;
const uploadMs = 300_000;

/** One request. */
export interface RestRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** With its query, without the root. */
  readonly path: string;
  readonly body?: object;
  /** Sent with the body. */
  readonly file?: { readonly name: string; readonly content: Blob };
  readonly signal: AbortSignal;
}

/** Discord said no: nothing was done. */
export class DiscordRefusal extends UnsentError {
  readonly status: number;

  constructor(message: string, options: { status: number; retryAfterMs?: number }) {
    const { status, retryAfterMs } = options;
    super(message, { permanent: status !== 429 && status !== 401, retryAfterMs });
    this.status = status;
  }
}

/** What a refusal's body may hold. */
interface RefusalBody {
  readonly message?: string;
  readonly code?: number;
  readonly retry_after?: number;
  readonly global?: boolean;
}

/** See the file's first line. */
export class DiscordRest {
  readonly #settings: DiscordSettings;
  readonly #limits = new RestLimits();

  constructor(settings: DiscordSettings) {
    this.#settings = settings;
  }

  /** Reads something, and waits for as long as Discord wants. */
  async read<T>(path: string, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        return await this.ask<T>({ method: "GET", path, signal });
      } catch (error) {
        if (!(error instanceof DiscordRefusal) || error.status !== 429) throw error;
        await sleep(error.retryAfterMs ?? shortWaitMs, signal);
      }
    }
  }

  /**
   * Asks, and resolves with the answer. Rejects with UnsentError (DiscordRefusal when Discord said no) when nothing was done,
   * with any other error when nobody knows.
   */
  async ask<T>(request: RestRequest): Promise<T> {
    const { method, path, signal } = request;
    const waitMs = this.#limits.waitMs(method, path);
    if (waitMs > shortWaitMs) {
      throw new DiscordRefusal("Discord wants us to slow down", { status: 429, retryAfterMs: waitMs });
    }
    if (waitMs > 0) await sleep(waitMs, signal).catch((error) => Promise.reject(unsent(error)));
    const response = await this.#fetch(request);
    const answer = await readJson(response);
    const refusal = (answer ?? {}) as RefusalBody;
    this.#limits.learn(method, path, {
      status: response.status,
      headers: response.headers,
      retryAfterS: refusal.retry_after,
      global: refusal.global,
    });
    if (response.ok) return answer as T;
    throw this.#failureOf(response, refusal);
  }

  async #fetch({ method, path, body, file, signal }: RestRequest): Promise<Response> {
    if (signal.aborted) throw unsent(signal.reason);
    const headers = new Headers({
      authorization: `Bot ${this.#settings.token}`,
      "user-agent": "DiscordBot (https://openclaw.ai, 1)",
    });
    const patience = AbortSignal.any([signal, AbortSignal.timeout(file === undefined ? answerMs : uploadMs)]);
    const init: RequestInit = { method, headers, redirect: "error", signal: patience };
    if (file !== undefined) {
      const form = new FormData();
      form.set("payload_json", JSON.stringify(body ?? {}));
      form.set("files[0]", file.content, file.name);
      init.body = form;
    } else if (body !== undefined) {
      headers.set("content-type", "application/json");
      init.body = JSON.stringify(body);
    }
    try {
      return await fetch(`${this.#settings.apiRoot}${path}`, init);
    } catch (error) {
      throw neverLeft(error) ? unsent(error) : error;
    }
  }

  #failureOf({ status, headers }: Response, { message, code = 0, retry_after }: RefusalBody): Error {
    if (status === 429) {
      const retryAfterMs = refusalMs(headers, retry_after);
      return new DiscordRefusal("Discord wants us to slow down", { status, retryAfterMs });
    }
    const words = `Discord answered ${status}: ${message ?? "nothing more"}${code > 0 ? ` (${code})` : ""}`;
    return status >= 400 && status < 500 ? new DiscordRefusal(words, { status }) : new Error(words);
  }
}

function unsent(error: unknown): UnsentError {
  return new UnsentError(`Discord cannot be reached: ${fetchWords(error)}`, { cause: error });
}

/** The body, if it is JSON. What breaks in the middle of it is not known to us. */
async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
