import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect } from "chai";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  PreconditionFailureSchema,
  RetryInfoSchema,
} from "../../gen/google/rpc/error_details_pb.ts";
import { pairingPending } from "../../src/core/access/access-failures.ts";
import { etagMismatch, invalidFields, rateLimited, sessionBusy } from "../../src/core/errors.ts";
import { errorWords } from "../../src/lib/text/error-words.ts";
import { toConnectError } from "../../src/server/failures.ts";
import { RecordingLog } from "../support/recording-log.ts";

describe("toConnectError", () => {
  it("keeps code, text, reason and metadata of a failure", () => {
    const error = toConnectError(etagMismatch("sessions/a", "e2"));
    expect(error.code).to.equal(Code.Aborted);
    expect(error.rawMessage).to.include("sessions/a changed");
    const [info, ...more] = error.findDetails(ErrorInfoSchema);
    expect(more).to.deep.equal([]);
    expect(info).to.include({ reason: "ETAG_MISMATCH", domain: "gateway.openclaw" });
    expect(info?.metadata).to.deep.equal({ name: "sessions/a", current_etag: "e2" });
  });

  it("tells every wrong field", () => {
    const violations = [
      { field: "parts[0]", description: "is empty" },
      { field: "title", description: "is too long" },
    ];
    const [bad] = toConnectError(invalidFields(violations)).findDetails(BadRequestSchema);
    expect(bad?.fieldViolations.map(({ field, description }) => ({ field, description }))).to.deep.equal(violations);
  });

  it("says when to come back, as RetryInfo and as an HTTP header in whole seconds", () => {
    const error = toConnectError(rateLimited("calls", 1_500));
    const [retry] = error.findDetails(RetryInfoSchema);
    expect(retry?.retryDelay).to.include({ seconds: 1n, nanos: 500_000_000 });
    expect(error.metadata.get("retry-after")).to.equal("2");
  });

  it("names what is not in a fit state, as PreconditionFailure", () => {
    const error = toConnectError(sessionBusy("sessions/a", "sessions/a/runs/1"));
    const [precondition, ...more] = error.findDetails(PreconditionFailureSchema);
    expect(more).to.deep.equal([]);
    expect(precondition?.violations.map(({ type, subject }) => ({ type, subject }))).to.deep.equal([
      { type: "SESSION_BUSY", subject: "sessions/a" },
    ]);
    expect(precondition?.violations[0]?.description).to.equal(error.rawMessage);
  });

  it("says only when to come back of what will be in a fit state by itself", () => {
    const error = toConnectError(pairingPending("K7QM-2XRD"));
    expect(error.code).to.equal(Code.FailedPrecondition);
    expect(error.findDetails(RetryInfoSchema)).to.have.length(1);
    expect(error.findDetails(PreconditionFailureSchema)).to.deep.equal([]);
  });

  it("hides a bug and logs it under the id the caller gets", () => {
    const log = new RecordingLog();
    const error = toConnectError(new TypeError("token s3cret is not iterable"), log);
    expect(error.code).to.equal(Code.Internal);
    expect(error.rawMessage).not.to.include("s3cret");
    const [info] = error.findDetails(ErrorInfoSchema);
    expect(info?.reason).to.equal("INTERNAL");
    const [line] = log.lines;
    expect(line).to.include({ level: "error" });
    expect(line?.fields.logId).to.equal(info?.metadata.log_id);
    expect(log.text).to.include("s3cret is not iterable");
  });

  it("tells a program that was replaced while it ran as that", async () => {
    const log = new RecordingLog();
    const gone = join(import.meta.dirname, "chunk-of-yesterday.js");
    const lost: unknown = await import(gone).catch((error: unknown) => error);
    const { code, rawMessage } = toConnectError(lost, log);
    expect([code, rawMessage]).to.deep.equal([
      Code.Internal,
      "the program was replaced on disk; restart the gateway: openclaw gateway restart",
    ]);
    expect(log.lines[0]?.message).to.equal(rawMessage);
    expect(log.text).to.contain("chunk-of-yesterday");
    expect(errorWords(lost)).to.contain("replaced on disk");
  });

  it("does not take a package that is missing for that", async () => {
    const name: string = "a-package-nobody-installed";
    const missing: unknown = await import(name).catch((error: unknown) => error);
    expect(toConnectError(missing).rawMessage).to.contain("an error inside the gateway");
  });

  for (const thrown of ["text", undefined, null, { message: "odd" }]) {
    it(`makes an internal error of a thrown ${JSON.stringify(thrown) ?? "undefined"}`, () => {
      expect(toConnectError(thrown).code).to.equal(Code.Internal);
    });
  }

  it("calls an aborted wait cancelled", () => {
    const controller = new AbortController();
    controller.abort();
    const error = toConnectError(controller.signal.reason);
    expect(error.code).to.equal(Code.Canceled);
    expect(error.findDetails(ErrorInfoSchema)[0]?.reason).to.equal("CALLER_GONE");
  });

  const implied: [Code, string][] = [
    [Code.Canceled, "CALLER_GONE"],
    [Code.DeadlineExceeded, "DEADLINE"],
    [Code.InvalidArgument, "FIELD_INVALID"],
    [Code.ResourceExhausted, "TOO_LARGE"],
    [Code.Unimplemented, "METHOD_UNKNOWN"],
    [Code.Internal, "INTERNAL"],
  ];
  for (const [code, reason] of implied) {
    it(`gives the library's own ${Code[code]} the reason ${reason}, once`, () => {
      const error = new ConnectError("of the library", code);
      expect(toConnectError(toConnectError(error))).to.equal(error);
      expect(error.findDetails(ErrorInfoSchema).map((info) => info.reason)).to.deep.equal([reason]);
    });
  }
});
