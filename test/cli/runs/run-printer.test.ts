import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { RunPrinter } from "../../../src/cli/runs/run-printer.ts";
import {
  Delta_Channel,
  MessageSchema,
  type RunStep,
  ToolCall_State,
  ToolCallSchema,
} from "../../../src/client/gateway-client.ts";
import { type FakeTerminal, fakeTerminal } from "../../support/fake-streams.ts";

const { TEXT, THINKING, TOOL_OUTPUT } = Delta_Channel;
const append = (block: number, text: string, channel: Delta_Channel = TEXT): RunStep => ({
  kind: "append",
  block,
  channel,
  text,
});
const replace = (block: number, text: string): RunStep => ({ kind: "replace", block, channel: TEXT, text });
const toolCall = (state: ToolCall_State, outputPreview = ""): RunStep => ({
  kind: "toolCall",
  toolCall: create(ToolCallSchema, {
    name: "sessions/main/runs/1/toolCalls/c1",
    tool: "clock",
    state,
    input: { zone: "UTC" },
    outputPreview,
  }),
});

function printed(to: FakeTerminal, ...steps: RunStep[]): string {
  const printer = new RunPrinter(to.terminal);
  for (const step of steps) printer.step(step);
  printer.end();
  return to.stdout();
}

describe("RunPrinter", () => {
  it("prints the answer as it comes, and ends its last line", () => {
    expect(printed(fakeTerminal(), append(0, "hel"), append(0, "lo"))).to.equal("hello\n");
  });

  it("adds no line break to an answer that ends with one", () => {
    expect(printed(fakeTerminal(), append(0, "hello\n"))).to.equal("hello\n");
  });

  it("makes one line break of one that comes in two pieces", () => {
    const steps = [append(0, "one\r"), append(0, "\ntwo\r\nthree\r"), append(0, "four")];
    expect(printed(fakeTerminal(), ...steps)).to.equal("one\ntwo\nthree\nfour\n");
  });

  it("begins each block on a line of its own", () => {
    expect(printed(fakeTerminal(), append(0, "one"), append(2, "two"))).to.equal("one\ntwo\n");
  });

  it("gives nothing but the answer to a program", () => {
    const steps = [append(0, "hm", THINKING), toolCall(ToolCall_State.STARTED), append(1, "{}", TOOL_OUTPUT)];
    expect(printed(fakeTerminal(), ...steps, append(2, "answer"))).to.equal("answer\n");
  });

  it("shows a person also thinking and tool calls, one line each", () => {
    const steps = [
      append(0, "hm", THINKING),
      toolCall(ToolCall_State.STARTED),
      toolCall(ToolCall_State.FAILED, "no such\nzone"),
      append(2, "answer"),
    ];
    expect(printed(fakeTerminal({ columns: 60 }), ...steps)).to.equal(
      'hm\n→ clock {"zone":"UTC"}\n✗ clock: no such zone\nanswer\n',
    );
  });

  it("shows a tool call that only its message tells of, and no tool call twice", () => {
    const part = (callId: string) => ({ kind: { case: "toolUse", value: { callId, tool: "clock" } } }) as const;
    const message = create(MessageSchema, { parts: [part("c1"), part("c2")] });
    expect(
      printed(fakeTerminal({ columns: 60 }), toolCall(ToolCall_State.STARTED), { kind: "message", message }),
    ).to.equal('→ clock {"zone":"UTC"}\n→ clock {}\n');
  });

  it("lets nothing of a message reach the terminal but text", () => {
    expect(printed(fakeTerminal({ columns: 60 }), append(0, "a\u001b[2Jb"))).to.equal("a[2Jb\n");
  });

  it("goes on where it was when a new draft says the same again", () => {
    const to = fakeTerminal();
    const steps = [append(0, "hello wor"), replace(0, "hel"), append(0, "lo wo"), append(0, "rld")];
    expect(printed(to, ...steps)).to.equal("hello world\n");
    expect(to.stderr()).to.equal("");
  });

  it("prints the whole answer again, and says so, when a new draft says something else", () => {
    const to = fakeTerminal();
    expect(printed(to, append(0, "hello wor"), replace(0, "hel"), append(0, "p is near"))).to.equal(
      "hello wor\nhelp is near\n",
    );
    expect(to.stderr()).to.equal("(the answer broke off and begins again)\n");
  });

  it("prints what holds when a new draft ends earlier than what was shown", () => {
    const to = fakeTerminal();
    expect(printed(to, append(0, "hello world"), append(1, "more"), replace(0, "hello"))).to.equal(
      "hello world\nmore\nhello\n",
    );
    expect(to.stderr()).to.equal("(some of this was taken back; the answer is:)\n");
  });

  it("prints later blocks of a new draft again", () => {
    const steps = [append(0, "one"), append(1, "two"), replace(0, "one"), append(1, "zwei")];
    expect(printed(fakeTerminal(), ...steps)).to.equal("one\ntwo\nzwei\n");
  });
});
