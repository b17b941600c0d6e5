/** Where a transcript is cut. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import {
  type Message,
  MessageSchema,
  type Part,
  PartSchema,
  Message_Role as Role,
} from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { chooseCut, type Kept } from "../../../../src/core/run/compaction/choose-cut.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";

const text = (tokens: number): Part => create(PartSchema, { kind: { case: "text", value: "x".repeat(tokens * 4) } });
const say = (role: Message["role"], parts: Part[]): Message => create(MessageSchema, { role, parts, run: "r" });
const user = (tokens = 10): Message => say(Role.USER, [text(tokens)]);
const assistant = (tokens = 10): Message => say(Role.ASSISTANT, [text(tokens)]);
const note = (): Message => say(Role.SYSTEM, [text(1)]);
const call = (callId: string): Message =>
  say(Role.ASSISTANT, [create(PartSchema, { kind: { case: "toolUse", value: { callId, tool: "t" } } })]);
const result = (callId: string, tokens = 10): Message =>
  say(Role.TOOL, [
    create(PartSchema, { kind: { case: "toolResult", value: { callId, tool: "t", text: "x".repeat(tokens * 4) } } }),
  ]);

const kept = (fields: Partial<Kept> = {}): Kept => ({ turns: 2, tokens: 0, mostTokens: 1_000, ...fields });

describe("the place where a transcript is cut", () => {
  it("leaves the newest turns whole", () => {
    const messages = [user(), assistant(), user(), call("a"), result("a"), assistant(), user(), assistant()];
    expect(chooseCut(messages, kept())).to.equal(2);
    expect(chooseCut(messages, kept({ turns: 1 }))).to.equal(6);
  });

  it("leaves more turns while they are short", () => {
    const messages = [user(), assistant(), user(), assistant(), user(), assistant(), user(), assistant()];
    expect(chooseCut(messages, kept({ tokens: 60 }))).to.equal(2);
    expect(chooseCut(messages, kept({ tokens: 59 }))).to.equal(4);
  });

  it("leaves fewer turns when they are too long", () => {
    const messages = [user(), assistant(), user(), assistant(500), user(), assistant()];
    expect(chooseCut(messages, kept({ mostTokens: 100 }))).to.equal(4);
  });

  it("is nowhere when nothing is old enough", () => {
    expect(chooseCut([], kept())).to.equal(0);
    expect(chooseCut([user(), assistant()], kept())).to.equal(0);
    expect(chooseCut([user(), assistant(), user(), assistant()], kept())).to.equal(0);
    expect(chooseCut([note(), note()], kept())).to.equal(0);
  });

  it("is between the steps of a turn that alone is too long", () => {
    const messages = [user(), call("a"), result("a", 200), call("b"), result("b", 200), assistant()];
    expect(chooseCut(messages, kept({ mostTokens: 300 }))).to.equal(3);
    expect(chooseCut(messages, kept({ mostTokens: 100 }))).to.equal(5);
  });

  it("is never in the newest step, however long that is", () => {
    expect(chooseCut([user(), assistant(), user(900)], kept({ mostTokens: 1 }))).to.equal(2);
    expect(chooseCut([user(), call("a"), result("a", 900)], kept({ mostTokens: 1 }))).to.equal(1);
  });

  it("never parts a call from its results, whatever was said between them", () => {
    const messages = [user(), call("a"), user(), note(), result("a"), assistant(), user(), assistant()];
    expect(chooseCut(messages, kept())).to.equal(0);
    const random = new SeededRandom();
    for (let round = 0; round < 300; round++) {
      const many: Message[] = [];
      for (let index = 0; index < 30; index++) {
        const add = [
          () => [user(random.between(0, 39))],
          () => [assistant(random.between(0, 39))],
          () => [
            call(`${index}`),
            ...(random.between(0, 1) === 0 ? [user(), note()] : []),
            result(`${index}`, random.between(0, 89)),
          ],
        ];
        many.push(...(add[random.between(0, 2)]?.() ?? []));
      }
      const limits = {
        turns: 1 + random.between(0, 4),
        tokens: random.between(0, 299),
        mostTokens: 1 + random.between(0, 399),
      };
      const before = many.slice(0, chooseCut(many, limits)).flatMap(({ parts }) => parts);
      const calls = before.filter(({ kind }) => kind.case === "toolUse").length;
      const results = before.filter(({ kind }) => kind.case === "toolResult").length;
      expect(results, `seed ${random.seed}`).to.equal(calls);
    }
  });
});
