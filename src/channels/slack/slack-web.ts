/** Slack's Web API: one method a call, and told apart is who failed. */

import { MisconfiguredError, UnsentError } from "../../core/channel/network.ts";
import { sleep } from "../../lib/sleep.ts";
import { jsonObject } from "../../lib/text/json-object.ts";
import { fetchWords } from "../../lib/web/fetch-words.ts";
import { neverLeft } from "../../lib/web/never-left.ts";
import type { SlackSettings } from "./slack-settings.ts";

const answerMs = 30_000;
const uploadMs = 300_000;
/** Errors after which Slack itself does not know what was done. */
const unclear = new Set(["internal_error", "fatal_error", "request_timeout", "service_unavailable", "accesslimited"]);
/** Errors that pass by themselves. */
const passing = new Set(["rate_limited", "team_added_to_org"]);
/** Errors about the token, not about what was asked. */
const refusedTokens = new Set([
  ...["invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"],
  ...["not_allowed_token_type", "org_login_required", "invalid_token"],
]);

/** Arguments of a call; objects are sent as JSON, undefined ones not at all. */
export type CallArguments = Readonly<Record<string, string | number | boolean | object | undefined>>;

/** How a call is made. */
export interface CallOptions {
  readonly signal: AbortSignal;
  /** Another token than the bot's. */
  readonly token?: string;
}

/** Slack said no: nothing was done. */
export class SlackRefusal extends UnsentError {
  /** Slack's word for it, e.g. "channel_not_found". */
  readonly code: string;

  constructor(code: string, message: string, retryAfterMs?: number) {
    const permanent = retryAfterMs === undefined && !refusedTokens.has(code) && !passing.has(code);
    super(message, { permanent, retryAfterMs });
    this.code = code;
  }
}

/** See the file's first line. */
export class SlackWeb {
  readonly #settings: SlackSettings;
  /** When methods Slack refused for now may be called again, on the clock of `performance.now`. */
  readonly #held = new Map<string, number>();

  constructor(settings: SlackSettings) {
    this.#settings = settings;
  }

  /** Where everything is asked. */
  get origin(): string {
    return new URL(this.#settings.apiRoot).origin;
  }

  /** What files are fetched with. */
  get authorization(): string {
    return `Bearer ${this.#settings.botToken}`;
  }

  /** Reads something, and waits for as long as Slack wants. */
  async read<T>(method: string, values: CallArguments, options: CallOptions): Promise<T> {
    for (;;) {
      try {
        return await this.call<T>(method, values, options);
      } catch (error) {
        if (!(error instanceof SlackRefusal) || error.retryAfterMs === undefined) throw error;
        await sleep(error.retryAfterMs, options.signal);
      }
    }
  }

  /**
   * Calls a method. Rejects with UnsentError (SlackRefusal when Slack said no) when nothing was done, with any other error when
   * nobody knows.
   */
  async call<T>(method: string, values: CallArguments, { signal, token }: CallOptions): Promise<T> {
    const place = placeOf(method, values);
    const heldMs = (this.#held.get(place) ?? 0) - performance.now();
    if (heldMs > 0) throw slowDown(heldMs);
    this.#held.delete(place);
    const form = new URLSearchParams();
    for (const [key, value] of Object.entries(values)) {
      if (value !== undefined) form.set(key, typeof value === "object" ? JSON.stringify(value) : String(value));
    }
    const response = await this.#post(`${this.#settings.apiRoot}/${method}`, {
      headers: { authorization: token === undefined ? this.authorization : `Bearer ${token}` },
      body: form,
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    });
    const answer: Answer | undefined = jsonObject(await response.text());
    if (response.status === 429 || answer?.error === "ratelimited") {
      const waitMs = waitOf(response);
      this.#held.set(place, performance.now() + waitMs);
      throw slowDown(waitMs);
    }
    if (answer?.ok === true) return answer as T;
    const code = answer?.error ?? "";
    const words = `Slack answered ${method} with ${code || response.status}`;
    if (code === "" || unclear.has(code)) throw new Error(words);
    throw new SlackRefusal(code, `${words}${answer?.needed ? ` (the app needs the scope ${answer.needed})` : ""}`);
  }

  /** Puts a file where Slack said; only ever on Slack's own hosts. */
  async upload(address: string, content: Blob, signal: AbortSignal): Promise<void> {
    const url = new URL(address);
    if (url.origin !== this.origin && !(url.protocol === "https:" && /(^|\.)slack\.com$/.test(url.hostname))) {
      throw new UnsentError(`files are not sent to ${url.host}`, { permanent: true });
    }
    const patience = AbortSignal.any([signal, AbortSignal.timeout(uploadMs)]);
    const response = await this.#post(url.href, { body: content, signal: patience });
    await response.body?.cancel();
    if (!response.ok) throw new UnsentError(`Slack did not take the file: ${response.status}`);
  }

  async #post(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { ...init, method: "POST", redirect: "error" });
    } catch (error) {
      if (!neverLeft(error)) throw error;
      throw new UnsentError(`Slack cannot be reached: ${fetchWords(error)}`, { cause: error });
    }
  }
}

/** An error as whoever runs us is told: one about a token is about the settings. */
export function settingsFailure(error: unknown, key: "botToken" | "appToken"): unknown {
  if (!(error instanceof SlackRefusal) || (!refusedTokens.has(error.code) && error.code !== "missing_scope"))
    return error;
  return new MisconfiguredError(`${error.message}; set channels.slack.${key} to the token from the app's settings`);
}

interface Answer {
  readonly ok?: boolean;
  readonly error?: string;
  readonly needed?: string;
}

/** Slack counts messages by channel, everything else by method. */
function placeOf(method: string, { channel }: CallArguments): string {
  return method === "chat.postMessage" ? `${method} ${String(channel)}` : method;
}

function waitOf({ headers }: Response): number {
  const seconds = Number(headers.get("retry-after") ?? 1);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds * 1_000) : 1_000;
}

function slowDown(waitMs: number): SlackRefusal {
  return new SlackRefusal("ratelimited", "Slack wants us to slow down", Math.ceil(waitMs));
}
