/** The part of a transcript a model is given. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import {
  type Message,
  MessageSchema,
  type Part,
  PartSchema,
  Message_Role as Role,
} from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { CreateRunRequest_QueueMode as QueueMode } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { fitWindow, readWindow } from "../../../src/core/agent/transcript-window.ts";
import type { MessageReader } from "../../../src/core/message/message-table.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { attachment, filePart } from "../../support/file-kit.ts";
import { hangs, readRequest } from "../../support/scripted-model.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const text = (value: string): Part => create(PartSchema, { kind: { case: "text", value } });
const call = (callId: string): Part => create(PartSchema, { kind: { case: "toolUse", value: { callId, tool: "t" } } });
const result = (callId: string, value = `result ${callId}`): Part =>
  create(PartSchema, { kind: { case: "toolResult", value: { callId, tool: "t", text: value } } });

const say = (role: Message["role"], parts: Part[], run = "r"): Message => create(MessageSchema, { role, parts, run });
const user = (value: string): Message => say(Role.USER, [text(value)]);
const assistant = (value: string): Message => say(Role.ASSISTANT, [text(value)]);

/** What a model with room for `tokens` is given. */
function window(messages: readonly Message[], tokens = 1_000): string[] {
  return readRequest({ instructions: "", tools: [], messages: fitWindow(messages, tokens) });
}

describe("the window of a transcript", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("counts a picture as 6000 characters", () => {
    const messages = [say(Role.USER, [filePart(attachment("image/png", 10))]), assistant("nice"), user("again")];
    expect(window(messages, 2_000)).to.have.length(3);
    expect(window(messages, 1_800)).to.deep.equal(["USER again"]);
  });

  it("holds everything that fits, in order", () => {
    expect(window([user("one"), assistant("two"), user("three")])).to.deep.equal([
      ...["USER one", "ASSISTANT two", "USER three"],
    ]);
  });

  it("holds the newest that fit, beginning with a person", () => {
    const long = "x".repeat(100);
    const messages = [user(`1${long}`), assistant(`2${long}`), user("3"), assistant(`4${long}`), user("5")];
    expect(window(messages, 70)).to.deep.equal(["USER 3", `ASSISTANT 4${long}`, "USER 5"]);
    expect(window(messages, 20)).to.deep.equal(["USER 5"]);
  });

  it("holds the newest message however long it is", () => {
    expect(window([user("one"), user("x".repeat(9_000))], 10)).to.deep.equal([`USER ${"x".repeat(9_000)}`]);
  });

  it("holds the question and the newest step when a tool's answer is longer than the window", () => {
    const messages = [
      user("question"),
      say(Role.ASSISTANT, [call("a")]),
      say(Role.TOOL, [result("a")]),
      say(Role.ASSISTANT, [call("b")]),
      say(Role.TOOL, [result("b", "y".repeat(9_000))]),
    ];
    expect(window(messages, 10)).to.deep.equal(["USER question", "ASSISTANT t#b", `TOOL ${"y".repeat(9_000)}`]);
  });

  it("never separates a call from its results", () => {
    const messages = [
      user("question"),
      say(Role.ASSISTANT, [call("a"), call("b")]),
      say(Role.TOOL, [result("a", "z".repeat(400))]),
      say(Role.TOOL, [result("b")]),
      user("more"),
    ];
    for (const tokens of [1, 50, 100, 150]) {
      const given = window(messages, tokens);
      expect(given.filter((line) => line.startsWith("TOOL")).length).to.be.oneOf([0, 2]);
      expect(given.some((line) => line.startsWith("TOOL"))).to.equal(given.includes("ASSISTANT t#a|t#b"));
    }
  });

  it("puts what was written between a call and its result behind them", () => {
    const messages = [user("q"), say(Role.ASSISTANT, [call("a")]), user("note"), say(Role.TOOL, [result("a")])];
    expect(window(messages)).to.deep.equal(["USER q", "ASSISTANT t#a", "TOOL result a", "USER note"]);
  });

  it("ends with a person or a tool, so that every model has something to answer", () => {
    const note = say(Role.SYSTEM, [text("note")]);
    expect(window([user("q"), assistant("a note")])).to.deep.equal(["USER q"]);
    const messages = [user("q"), say(Role.ASSISTANT, [call("a")]), note, say(Role.TOOL, [result("a")])];
    expect(window(messages).at(-1)).to.equal("TOOL result a");
  });

  it("leaves out a result whose call is not there", () => {
    expect(window([say(Role.TOOL, [result("a")]), user("q")])).to.deep.equal(["USER q"]);
  });

  it("tells calls of different runs with the same id apart", () => {
    const messages = [
      user("q"),
      say(Role.ASSISTANT, [call("a")], "one"),
      say(Role.TOOL, [result("a", "first")], "one"),
      say(Role.ASSISTANT, [call("a")], "two"),
      say(Role.TOOL, [result("a", "second")], "two"),
    ];
    expect(window(messages)).to.deep.equal([
      ...["USER q", "ASSISTANT t#a", "TOOL first", "ASSISTANT t#a", "TOOL second"],
    ]);
  });

  it("is legal for every transcript and every size", () => {
    const random = new SeededRandom();
    for (let round = 0; round < 300; round++) {
      const messages = randomTranscript(random);
      const given = fitWindow(messages, random.between(0, 400));
      const roles = given.map(({ role }) => role);
      const seen = `seed ${random.seed}, round ${round}: ${roles.join(" ")}`;
      expect(roles[0], seen).to.equal(Role.USER);
      expect(roles.at(-1), seen).to.be.oneOf([Role.USER, Role.TOOL]);
      expectPaired(given, seen);
    }
  });

  it("is read from at most 400 messages and moves on by 200, so that a provider's cache stays useful", async () => {
    const firsts: number[] = [];
    for (const messageCount of [1, 400, 401, 599, 600, 799, 800]) {
      const messages = await readWindow(readerOf(messageCount), create(SessionSchema, { messageCount }));
      expect(messages.length).to.be.at.most(400);
      firsts.push(Number(messages[0]?.position));
    }
    expect(firsts).to.deep.equal([0, 0, 200, 200, 400, 400, 600]);
  });

  it("leaves out what no agent may see", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    await kit.send("first");
    const { run } = await kit.send("withdrawn", { queueMode: QueueMode.FOLLOW_UP });
    await kit.client.runs.cancelRun({ name: run?.name });
    await kit.send("waiting", { queueMode: QueueMode.FOLLOW_UP });
    const messages = await kit.store.read(async (tables) => {
      const session = await tables.sessions.find("sessions/main");
      return readWindow(tables.messages, session ?? expect.fail("no session"));
    });
    expect(readRequest({ instructions: "", tools: [], messages })).to.deep.equal(["USER first"]);
  });
});

/** A transcript of this many messages, numbered by position. */
function readerOf(count: number): MessageReader {
  const messages = Array.from({ length: count }, (_, index) => create(MessageSchema, { position: BigInt(index) }));
  return {
    find: async () => undefined,
    search: async () => [],
    list: async ({ limit }) => messages.toReversed().slice(0, limit),
  };
}

function randomTranscript(random: SeededRandom): Message[] {
  const messages = [user("begin")];
  for (let step = 0; step < random.between(0, 12); step++) {
    const size = "w".repeat(random.between(1, 300));
    if (random.chance(0.4)) messages.push(user(size));
    else if (random.chance(0.3)) messages.push(say(Role.SYSTEM, [text(size)]));
    else if (random.chance(0.5)) messages.push(assistant(size));
    else messages.push(...randomCalls(random, `run-${step}`));
  }
  return messages;
}

function randomCalls(random: SeededRandom, run: string): Message[] {
  const ids = Array.from({ length: random.between(1, 3) }, (_, index) => `call-${index}`);
  const messages = [say(Role.ASSISTANT, ids.map(call), run)];
  for (const id of ids) {
    if (random.chance(0.2)) messages.push(user("note"));
    messages.push(say(Role.TOOL, [result(id, "r".repeat(random.between(1, 900)))], run));
  }
  return messages;
}

/** Every call is followed by its results at once, and there are no others. */
function expectPaired(messages: readonly Message[], seen: string): void {
  let open: string[] = [];
  for (const message of messages) {
    const results = message.parts.flatMap(({ kind }) => (kind.case === "toolResult" ? [kind.value.callId] : []));
    if (message.role !== Role.TOOL) expect(open, seen).to.deep.equal([]);
    for (const id of results) {
      expect(open, seen).to.include(id);
      open = open.filter((other) => other !== id);
    }
    open.push(...message.parts.flatMap(({ kind }) => (kind.case === "toolUse" ? [kind.value.callId] : [])));
  }
  expect(open, seen).to.deep.equal([]);
}
