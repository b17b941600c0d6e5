import { expect } from "chai";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { Failure } from "../../../src/core/errors.ts";
import type { ProviderSettings } from "../../../src/models/model-settings.ts";
import {
  fakeKey,
  fakeProviders,
  type ServedModel,
  serveModel,
} from "../../support/fake-model-servers/fake-providers.ts";
import type { FakeFault, FakeTurn } from "../../support/fake-model-servers/fake-turn.ts";
import { collect, failureOf, joined, modelRequest } from "../../support/model-kit.ts";

interface Case {
  readonly does: string;
  readonly turn: FakeTurn;
  readonly reason: ErrorReason;
  readonly says: string | RegExp;
  readonly retryAfterMs?: number;
}

const text = "one two three";
const cases: readonly Case[] = [
  {
    does: "passes on the seconds of a 429's Retry-After",
    turn: status(429, "rate_limit_exceeded", { "retry-after": "7" }),
    reason: ErrorReason.MODEL_OVERLOADED,
    says: "HTTP 429: asked to fail",
    retryAfterMs: 7_000,
  },
  {
    does: "prefers retry-after-ms",
    turn: status(429, "rate_limit_exceeded", { "retry-after": "7", "retry-after-ms": "250" }),
    reason: ErrorReason.MODEL_OVERLOADED,
    says: "HTTP 429",
    retryAfterMs: 250,
  },
  {
    does: "waits no longer than a minute, whatever the date in Retry-After says",
    turn: status(429, "rate_limit_exceeded", { "retry-after": new Date(Date.now() + 3_600_000).toUTCString() }),
    reason: ErrorReason.MODEL_OVERLOADED,
    says: "HTTP 429",
    retryAfterMs: 60_000,
  },
  {
    does: "is overloaded on 529",
    turn: status(529, "overloaded_error"),
    reason: ErrorReason.MODEL_OVERLOADED,
    says: "HTTP 529",
  },
  {
    does: "is unavailable on 500",
    turn: status(500, "server_error"),
    reason: ErrorReason.MODEL_UNAVAILABLE,
    says: "HTTP 500: asked to fail",
  },
  {
    does: "is unavailable on 503, with the time to come back",
    turn: status(503, "unavailable", { "retry-after": "3" }),
    reason: ErrorReason.MODEL_UNAVAILABLE,
    says: "HTTP 503",
    retryAfterMs: 3_000,
  },
  {
    does: "is unavailable when a proxy answers in HTML",
    turn: { fault: { kind: "status", status: 502, body: "<html>Bad\n gateway</html>" } },
    reason: ErrorReason.MODEL_UNAVAILABLE,
    says: /HTTP 502: (Bad Gateway|<html>Bad gateway<\/html>)/,
  },
  {
    does: "says to check the name and the address on 404",
    turn: status(404, "model_not_found"),
    reason: ErrorReason.MODEL_REFUSED,
    says: "HTTP 404: asked to fail; check the model's name and the provider's baseUrl",
  },
  {
    does: "does not follow a redirect, and says so",
    turn: status(307, "moved", { location: "http://127.0.0.1:9/" }),
    reason: ErrorReason.MODEL_REFUSED,
    says: "it redirects: correct the provider's baseUrl",
  },
  {
    does: "takes a request that is too large for a conversation that is too long",
    turn: status(413, "request_too_large"),
    reason: ErrorReason.CONTEXT_FULL,
    says: "HTTP 413",
  },
  {
    does: "takes an account without credit for a key without use",
    turn: status(429, "insufficient_quota"),
    reason: ErrorReason.MODEL_KEY_REFUSED,
    says: "HTTP 429",
  },
  {
    does: "is unavailable when the connection breaks in the middle",
    turn: fault({ kind: "cut", after: 3 }),
    reason: ErrorReason.MODEL_UNAVAILABLE,
    says: /lost the connection to http:\/\/127\.0\.0\.1:\d+ \(ECONNRESET\)/,
  },
  {
    does: "is unavailable when the stream ends before the answer",
    turn: fault({ kind: "end", after: 3 }),
    reason: ErrorReason.MODEL_UNAVAILABLE,
    says: /ended (early|without)/,
  },
  {
    does: "is unavailable when the stream is empty",
    turn: fault({ kind: "end", after: 0 }),
    reason: ErrorReason.MODEL_UNAVAILABLE,
    says: /ended (early|without)/,
  },
  {
    does: "is unavailable when an event cannot be read",
    turn: fault({ kind: "garbage", after: 3 }),
    reason: ErrorReason.MODEL_UNAVAILABLE,
    says: "sent an event that cannot be read",
  },
  {
    does: "is unavailable when the first event cannot be read",
    turn: fault({ kind: "garbage", after: 0 }),
    reason: ErrorReason.MODEL_UNAVAILABLE,
    says: /cannot be read/,
  },
  {
    does: "reads an overload that is reported in the stream",
    turn: fault({ kind: "error", after: 3, code: "overloaded_error", message: "Overloaded" }),
    reason: ErrorReason.MODEL_OVERLOADED,
    says: "Overloaded",
  },
  {
    does: "reads an overload that is the first event",
    turn: fault({ kind: "error", after: 0, code: "overloaded_error", message: "Overloaded" }),
    reason: ErrorReason.MODEL_OVERLOADED,
    says: "Overloaded",
  },
  {
    does: "is full when the stream says that the prompt is too long",
    turn: fault({ kind: "error", after: 0, code: "invalid_request_error", message: "prompt is too long: 9 > 8" }),
    reason: ErrorReason.CONTEXT_FULL,
    says: "prompt is too long",
  },
];

for (const provider of fakeProviders) {
  describe(`failures of ${provider.api}`, () => {
    let served: ServedModel | undefined;
    const fail = async (turn: FakeTurn, settings?: ProviderSettings): Promise<Failure> => {
      served = await serveModel(provider, [turn], settings);
      return await failureOf(served.model);
    };
    afterEach(() => served?.close());

    for (const { does, turn, reason, says, retryAfterMs } of cases) {
      it(does, async () => {
        const failure = await fail(turn);
        if (typeof says === "string") expect(failure.message).to.contain(says);
        else expect(failure.message).to.match(says);
        expect(failure.reason).to.equal(reason);
        expect(failure.retryAfterMs).to.equal(retryAfterMs);
      });
    }

    it("gives up a provider that never begins to answer", async () => {
      const failure = await fail(fault({ kind: "hang", after: 0 }), { timeoutSeconds: 0.1 });
      expect(failure.reason).to.equal(ErrorReason.MODEL_UNAVAILABLE);
      expect(failure.message).to.contain("sent nothing for 0.1 s");
    });

    it("gives up a provider that falls silent, and closes the connection", async () => {
      const failure = await fail(fault({ kind: "hang", after: 3 }), { timeoutSeconds: 0.4 });
      expect(failure.message).to.contain("sent nothing for 0.4 s");
      expect(await served?.server.requests[0]?.ended).to.equal("hung up");
    });

    it("never repeats the key, nor keeps the request", async () => {
      const message = `Incorrect API key provided: ${fakeKey}; also Bearer ${fakeKey} and sk-other-0123456789`;
      const failure = await fail({ fault: { kind: "status", status: 401, code: "invalid_api_key", message } });
      expect(failure.reason).to.equal(ErrorReason.MODEL_KEY_REFUSED);
      expect(failure.message).to.contain("Incorrect API key provided: ***");
      expect(failure.message).not.to.match(/0123456789/);
      expect(failure.cause).to.equal(undefined);
    });

    it("answers again after a failure", async () => {
      served = await serveModel(provider, [status(500, "server_error"), { text }]);
      await failureOf(served.model);
      expect(joined(await collect(served.model, modelRequest()), "text")).to.equal(text);
    });

    it("makes one request a call", async () => {
      await fail(status(500, "server_error"));
      expect(served?.server.requests).to.have.length(1);
    });

    it("says where nobody listens", async () => {
      served = await serveModel(provider, [{ text }]);
      await served.server.close();
      const failure = await failureOf(served.model);
      expect(failure.reason).to.equal(ErrorReason.MODEL_UNAVAILABLE);
      expect(failure.message).to.match(/no connection to http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\); is it running\?$/);
    });
  });
}

function fault(found: FakeFault): FakeTurn {
  return { text, fault: found };
}

function status(code: number, type: string, headers: Record<string, string> = {}): FakeTurn {
  return { fault: { kind: "status", status: code, code: type, headers } };
}
