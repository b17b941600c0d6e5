import { expect } from "chai";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { AnswerTooLongError } from "../../../src/models/http-fetch.ts";
import type { Endpoint } from "../../../src/models/resolve-endpoint.ts";
import { StreamPartError } from "../../../src/models/sdk/sdk-chunks.ts";
import { toFailure } from "../../../src/models/sdk/sdk-failure.ts";

const endpoint: Endpoint = {
  providerId: "fake",
  api: "openai-completions",
  baseUrl: "https://user:pass@api.example.com/v1",
  apiKey: "secret-key-value",
  headers: { "x-extra": "secret-header-value" },
  local: false,
  idleTimeoutMs: 1_000,
  thinkingOff: undefined,
};
const call = { reference: "fake/model", endpoint, nowMs: 0 };

/** An error as the packages throw it. */
function apiError(statusCode: number, body: unknown): Error {
  const responseBody = typeof body === "string" ? body : JSON.stringify(body);
  return Object.assign(new Error("Bad Request"), {
    name: "AI_APICallError",
    statusCode,
    responseHeaders: {},
    responseBody,
  });
}

function inStream(error: unknown): StreamPartError {
  return new StreamPartError(error);
}

const tooLong = [
  "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
  "Your input exceeds the context window of this model. Please adjust your input and try again.",
  "prompt is too long: 210000 tokens > 200000 maximum",
  "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
  "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
  "the request exceeds the available context size, try increasing it",
  "Please reduce the length of the messages or completion.",
  "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
];

describe("toFailure", () => {
  for (const message of tooLong) {
    it(`knows a conversation that is too long by "${message.slice(0, 40)}…"`, () => {
      expect(toFailure(apiError(400, { error: { message } }), call).reason).to.equal(ErrorReason.CONTEXT_FULL);
    });
  }

  it("does not take a limit of tokens per minute for a conversation that is too long", () => {
    const message = "Request too large: context length counted against tokens per minute";
    expect(toFailure(apiError(429, { error: { message } }), call).reason).to.equal(ErrorReason.MODEL_OVERLOADED);
  });

  it("knows a wrong key that comes as a bad request", () => {
    const details = [{ reason: "API_KEY_INVALID" }];
    const error = {
      code: 400,
      status: "INVALID_ARGUMENT",
      message: "API key not valid. Please pass a valid one.",
      details,
    };
    expect(toFailure(apiError(400, { error }), call).reason).to.equal(ErrorReason.MODEL_KEY_REFUSED);
  });

  it("knows an account without credit", () => {
    const reasons = [
      apiError(402, { error: { message: "Insufficient Balance" } }),
      apiError(400, { error: { type: "invalid_request_error", message: "Your credit balance is too low" } }),
      apiError(429, { error: { code: "insufficient_quota", message: "You exceeded your current quota" } }),
    ].map((error) => toFailure(error, call).reason);
    expect(reasons).to.deep.equal(new Array(3).fill(ErrorReason.MODEL_KEY_REFUSED));
  });

  it("takes a refusal of the request for final", () => {
    const failure = toFailure(apiError(400, { error: { message: "tools are not supported" } }), call);
    expect(failure.reason).to.equal(ErrorReason.MODEL_REFUSED);
    expect(failure.message).to.equal("model fake/model refused the request: HTTP 400: tools are not supported");
    expect(failure.metadata).to.deep.equal({ model: "fake/model", status: "400" });
  });

  it("takes a request the package would not make for final", () => {
    const error = Object.assign(new Error("no such thing"), { name: "AI_UnsupportedFunctionalityError" });
    expect(toFailure(error, call).reason).to.equal(ErrorReason.MODEL_REFUSED);
  });

  it("tries again after a timeout or a conflict", () => {
    const reasons = [408, 409, 425, 499, 504].map((status) => toFailure(apiError(status, "x"), call).reason);
    expect(reasons).to.deep.equal(new Array(5).fill(ErrorReason.MODEL_UNAVAILABLE));
  });

  it("reads errors in a stream by their number, their type, or their text alone", () => {
    const reasons = [
      inStream({ code: 429, message: "slow" }),
      inStream({ code: "502", message: "bad gateway" }),
      inStream({ type: "overloaded_error", message: "Overloaded" }),
      inStream("prompt is too long"),
      inStream({}),
    ].map((error) => toFailure(error, call).reason);
    expect(reasons).to.deep.equal([
      ErrorReason.MODEL_OVERLOADED,
      ErrorReason.MODEL_UNAVAILABLE,
      ErrorReason.MODEL_OVERLOADED,
      ErrorReason.CONTEXT_FULL,
      ErrorReason.MODEL_UNAVAILABLE,
    ]);
  });

  it("reads an error event in a shape the package did not expect", () => {
    const value = { error: { message: "overloaded, come back", extra: 1 } };
    const error = Object.assign(new Error("Type validation failed: …"), { name: "AI_TypeValidationError", value });
    const failure = toFailure(inStream(error), call);
    expect(failure.reason).to.equal(ErrorReason.MODEL_OVERLOADED);
    expect(failure.message).to.contain("overloaded, come back");
  });

  it("does not repeat an event it cannot read, nor judge by its words", () => {
    const value = { text: "somebody wrote: the context window is overloaded" };
    const error = Object.assign(new Error(`Value: ${JSON.stringify(value)}`), {
      name: "AI_TypeValidationError",
      value,
    });
    const failure = toFailure(inStream(error), call);
    expect(failure.reason).to.equal(ErrorReason.MODEL_UNAVAILABLE);
    expect(failure.message).to.equal("model fake/model could not be reached: sent an event that cannot be read");
  });

  it("names the host and the code of a network error, and nothing else of the address", () => {
    const cause = Object.assign(new Error("getaddrinfo ENOTFOUND api.example.com"), { code: "ENOTFOUND" });
    const failure = toFailure(new Error("Cannot connect to API", { cause }), call);
    expect(failure.message).to.equal(
      "model fake/model could not be reached: no connection to https://api.example.com (ENOTFOUND)",
    );
  });

  it("says that an answer is too long", () => {
    const cause = new AnswerTooLongError(10);
    const failure = toFailure(Object.assign(new Error("x", { cause }), { statusCode: 200 }), call);
    expect(failure.message).to.contain("answered with more than 10 bytes");
  });

  it("leaves out keys and configured header values", () => {
    const message = "key secret-key-value, header secret-header-value, AIzaSyA1234567890";
    const failure = toFailure(apiError(400, { error: { message } }), call);
    expect(failure.message).to.contain("key ***, header ***, AIza***");
  });

  it("shortens what goes on and on", () => {
    expect(toFailure(apiError(400, { error: { message: "x".repeat(10_000) } }), call).message.length).to.be.lessThan(
      600,
    );
  });
});
