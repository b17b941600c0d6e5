/**
 * From what a provider package throws, or puts into its stream, to a failure a caller can be told about.
 *
 * The thrown errors themselves are never kept as a cause: they carry the whole conversation.
 */

import type { Failure } from "../../core/errors.ts";
import {
  contextFull,
  type ModelFailureOptions,
  modelKeyRefused,
  modelOverloaded,
  modelRefused,
  modelUnavailable,
} from "../../core/run/run-failure.ts";
import { AnswerTooLongError, SilenceError } from "../http-fetch.ts";
import type { Endpoint } from "../resolve-endpoint.ts";
import { causes, type ErrorReport, networkCode, readError } from "./error-report.ts";
import { retryAfterMs } from "./retry-after.ts";
import { StreamPartError } from "./sdk-chunks.ts";

/** The call that failed. */
export interface FailedCall {
  /** "provider/model". */
  readonly reference: string;
  readonly endpoint: Endpoint;
  readonly nowMs: number;
}

const contextWords = new RegExp(
  [
    "context[_ ](length|window|size|limit)",
    "(maximum|max) (context|prompt)",
    "(prompt|input) is too long",
    "request_too_large",
    "input token count.*exceeds",
    "too many (input )?tokens",
    "reduce the length",
  ].join("|"),
  "i",
);
/** A key without credit is as good as none: coming back does not help. */
const keyWords =
  /api[_ ]key[_ ](not valid|invalid)|invalid[_ ]api[_ ]key|insufficient_quota|billing_error|insufficient balance|credit balance/i;
const overloadWords = /overloaded|rate_limit|resource_exhausted|slow_down/i;
/** The package would not make a request of it. */
const unsendable = new Set(["AI_UnsupportedFunctionalityError", "AI_InvalidPromptError", "AI_InvalidArgumentError"]);

/** The failure; anything that does not say what it is counts as a broken answer, which is worth another try. */
export function toFailure(error: unknown, call: FailedCall): Failure {
  const reported = error instanceof StreamPartError ? error.error : error;
  for (const cause of causes(reported)) {
    if (cause instanceof SilenceError || cause instanceof AnswerTooLongError) {
      return modelUnavailable({ model: call.reference, detail: cause.message });
    }
  }
  const report = readError(reported);
  if (report.status === undefined || report.status < 300) {
    const network = networkCode(reported);
    if (network !== undefined) return disconnected(network, report.status !== undefined, call);
  }
  return classify(report, call);
}

function classify(report: ErrorReport, call: FailedCall): Failure {
  const { status = 0 } = report;
  const options = describe(report, call);
  const words = `${report.codes} ${report.message}`;
  const isRequestFault = status >= 400 && status < 500 && status !== 429;
  if (status === 413 || (status !== 429 && contextWords.test(words))) return contextFull(options);
  if (status === 401 || status === 402 || status === 403 || keyWords.test(words)) return modelKeyRefused(options);
  if (status === 429 || status === 529 || overloadWords.test(words)) return modelOverloaded(options);
  if (status === 404) return modelRefused(withHint(options, "check the model's name and the provider's baseUrl"));
  if (status >= 300 && status < 400)
    return modelRefused(withHint(options, "it redirects: correct the provider's baseUrl"));
  if (unsendable.has(report.name) || (isRequestFault && !isTemporary(status))) return modelRefused(options);
  return modelUnavailable(options);
}

function withHint(options: ModelFailureOptions, hint: string): ModelFailureOptions {
  return { ...options, detail: `${options.detail}; ${hint}` };
}

/** Timeout, conflict, too early, cancelled by the server. */
function isTemporary(status: number): boolean {
  return status === 408 || status === 409 || status === 425 || status === 499;
}

function disconnected(code: string, hadAnswer: boolean, call: FailedCall): Failure {
  const { origin } = new URL(call.endpoint.baseUrl);
  if (hadAnswer)
    return modelUnavailable({ model: call.reference, detail: `lost the connection to ${origin} (${code})` });
  const hint = code === "ECONNREFUSED" && call.endpoint.local ? "; is it running?" : "";
  return modelUnavailable({ model: call.reference, detail: `no connection to ${origin} (${code})${hint}` });
}

function describe(report: ErrorReport, call: FailedCall): ModelFailureOptions {
  const hints = { headers: report.headers, body: report.body };
  const status = report.status !== undefined && report.status >= 300 ? report.status : undefined;
  // A plain Error is the package's astonishment at an answer; its words mean nothing to anybody.
  const said =
    report.name === "Error"
      ? "answered in a way that cannot be read"
      : redact(report.message.replace(/\s+/g, " ").trim() || "no reason given", call.endpoint);
  return {
    model: call.reference,
    detail: status === undefined ? said : `HTTP ${status}: ${said}`,
    status,
    retryAfterMs: retryAfterMs(hints, call.nowMs),
  };
}

const detailLimit = 500;

/** Providers repeat keys in their errors, whole or in part. */
function redact(text: string, endpoint: Endpoint): string {
  const secrets = [endpoint.apiKey, ...Object.values(endpoint.headers)].filter((secret) => secret.length >= 6);
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  const guessed = known.replace(/\b(sk-|AIza|gsk_|xai-|Bearer\s+)[\w*.-]{6,}/g, "$1***");
  return guessed.length > detailLimit ? `${guessed.slice(0, detailLimit)}…` : guessed;
}
