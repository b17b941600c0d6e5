/**
 * What every client does with a gateway, whatever its language, and what it must find.
 *
 * A client gets a task, does the steps in order, and says what it found in each as one JSON line. Judging is done here, once:
 * a client in a new language has only to do and to tell.
 */

import { expect } from "chai";
import { testToken } from "../support/gateway-process.ts";

/** What a client is told. */
export interface Task {
  /** "http://127.0.0.1:1234". */
  readonly url: string;
  /** The same without the scheme. */
  readonly target: string;
  /** PEM file with the one certificate to trust; absent without TLS. */
  readonly caFile?: string;
  readonly token: string;
  readonly wrongToken: string;
  /** Id of the session to create; of its own for every client. */
  readonly session: string;
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
  /** A message whose answer, `answer`, comes word by word. */
  readonly ask: string;
  readonly answer: string;
  /** A message whose answer does not end by itself. */
  readonly askForever: string;
  /** Why it is cancelled. */
  readonly reason: string;
  /** The big message is the word, `bigCount` times. */
  readonly bigWord: string;
  readonly bigCount: number;
}

/** What a client found in one step; `crash` when it could not do it. */
export type Finding = Readonly<Record<string, unknown>>;

/** Findings by step. */
export type Findings = ReadonlyMap<string, Finding>;

// Characters of one to four bytes: an offset counted in characters or UTF-16 units is wrong from the first word on.
const answer = "Ünïcode zählt 日本語 in Bytes 🌍 nicht ñ in Zeichen: ← eins zwei drei vier fünf sechs sieben 🐙 ende.";

const labels = { alpha: "1", beta: "zwei", gamma: "三", delta: "4", epsilon: "5", zeta: "6" };

const bigWord = "größer ";

/** The task of a client that calls itself `session`. */
export function taskOf(session: string, { url, caFile }: { url: string; caFile?: string }): Task {
  return {
    url,
    target: new URL(url).host,
    ...(caFile === undefined ? {} : { caFile }),
    token: testToken,
    wrongToken: "oc_tok_wrong",
    session,
    title: "Vielsprachig 🐙",
    labels,
    ask: `/slow 40\n${answer}`,
    answer,
    askForever: `/slow 10\n/repeat 100000 ${answer}`,
    reason: "enough was said",
    bigWord,
    bigCount: 100_000,
  };
}

/** Proves, one `it` a step, that a client found what it had to. `found` is asked when the tests run. */
export function provesTheScenario(found: () => Findings, session: string): void {
  const step = (name: string): Finding => {
    const finding = found().get(name);
    expect(finding, `the client said nothing of its step "${name}"`).not.equal(undefined);
    expect(finding?.crash, `the step "${name}" crashed`).equal(undefined);
    return finding as Finding;
  };
  const failure = (name: string): Finding => step("errors")[name] as Finding;

  provesSessionsAndRuns(step, session);
  provesEvents(step, session);
  provesErrors(failure, session);
}

type StepReader = (name: string) => Finding;

function provesSessionsAndRuns(step: StepReader, session: string): void {
  it("learns who it is and what it may do", () => {
    expect(step("gateway")).include({ state: "STATE_READY", principal: "token" });
    expect(step("gateway").scopes).include("SCOPE_ADMIN");
  });

  it("creates a session", () => {
    const { labels: found, ...rest } = step("create");
    expect(rest).include({ name: `sessions/${session}`, title: "Vielsprachig 🐙", kind: "KIND_CLIENT", generation: 1 });
    expect(found).deep.equal(labels);
  });

  it("gets the same response when it repeats a request", () => {
    expect(step("run").repeated).equal("the same");
  });

  it("gets the same response when it repeats a request with its labels in another order", () => {
    expect(step("create").repeated).equal("the same");
  });

  it("is refused another body under the same request_id", () => {
    expect(step("create").reused).include({ code: "INVALID_ARGUMENT", reason: "REQUEST_ID_REUSED" });
  });

  it("starts a run", () => {
    expect(step("run")).include({ disposition: "DISPOSITION_STARTED" });
    expect(step("run").run).match(new RegExp(`^sessions/${session}/runs/[0-9A-Z]{26}$`));
  });

  it("watches a run to its end and puts its text together from deltas", () => {
    expect(step("watch")).include({
      lastFrame: "run",
      firstOffset: 0,
      state: "STATE_SUCCEEDED",
      text: answer,
      transcript: answer,
      truncated: false,
    });
  });

  it("breaks off in the middle and resumes with what it holds", () => {
    const { heldBytes, ...rest } = step("resume");
    expect(heldBytes).greaterThan(0).and.lessThan(Buffer.byteLength(answer));
    expect(rest).include({ firstOffset: heldBytes, state: "STATE_SUCCEEDED", text: answer, transcript: answer });
    expect(rest.deltas).greaterThan(0);
  });

  it("cancels a run and keeps what was said", () => {
    const { text, transcript, ...rest } = step("cancel");
    expect(rest).include({
      firstFrame: "run",
      lastFrame: "run",
      state: "STATE_CANCELLED",
      error: "enough was said",
      truncated: true,
    });
    expect(transcript).equal(text);
    expect(`${answer} `.repeat(1_000).startsWith(text as string)).equal(true);
    expect(text).not.equal("");
  });

  it("writes a large message compressed and reads it back", () => {
    expect(step("big")).include({ bytes: Buffer.byteLength(bigWord) * 100_000, same: true });
  });
}

function provesEvents(step: StepReader, session: string): void {
  it("watches events from a cursor and resumes without a gap or a repeat", () => {
    const { watched, listed, ...rest } = step("events");
    expect(rest).include({
      firstFrame: "bookmark",
      first: `CHANGE_CREATED sessions/${session}`,
      last: "changed meanwhile",
      actor: "token",
    });
    expect(rest.held)
      .greaterThan(0)
      .and.lessThan((watched as unknown[]).length);
    expect(watched).deep.equal(listed);
    expect(rest.kinds).include.members(["session", "message", "run"]);
  });
}

function provesErrors(failure: StepReader, session: string): void {
  it("reads what does not exist from the details of NOT_FOUND", () => {
    expect(failure("notFound")).deep.include({
      code: "NOT_FOUND",
      reason: "NOT_FOUND",
      domain: "gateway.openclaw",
      metadata: { name: "sessions/nobody" },
    });
  });

  it("shows people the message as it was written", () => {
    expect(failure("notFound").message).equal("sessions/nobody does not exist");
  });

  it("reads every wrong field from the details of INVALID_ARGUMENT", () => {
    expect(failure("invalid")).include({ code: "INVALID_ARGUMENT", reason: "FIELD_INVALID" });
    expect(failure("invalid").fields).deep.equal(["session.title", "session.labels"]);
  });

  it("learns the current etag when its own is old", () => {
    const { code, reason, metadata } = failure("etag");
    expect({ code, reason }).deep.equal({ code: "ABORTED", reason: "ETAG_MISMATCH" });
    expect(metadata).include({ name: `sessions/${session}` });
    expect(metadata).property("current_etag").not.equal("");
  });

  it("is told apart with a wrong token and without one", () => {
    expect(failure("wrongToken")).include({ code: "UNAUTHENTICATED", reason: "CREDENTIALS_INVALID" });
    expect(failure("noToken")).include({ code: "UNAUTHENTICATED", reason: "CREDENTIALS_MISSING" });
  });

  it("reads the details of an error that ends a stream", () => {
    expect(failure("stream")).deep.include({
      code: "NOT_FOUND",
      reason: "NOT_FOUND",
      metadata: { name: `sessions/${session}/runs/no` },
    });
  });

  it("ends a stream by its own deadline", () => {
    expect(failure("deadline")).include({ code: "DEADLINE_EXCEEDED" });
  });
}
