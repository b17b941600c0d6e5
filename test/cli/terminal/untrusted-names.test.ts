/** Names that models, drivers and callers make up: none of them can move the cursor or change the colours of a terminal. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { CapabilitiesSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { EventSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { MessageSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { RunSchema, ToolCallSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { capabilityPairs } from "../../../src/cli/channels/channel-view.ts";
import { eventText } from "../../../src/cli/events/event-view.ts";
import { runColumns, writeRun } from "../../../src/cli/runs/run-view.ts";
import { writeMessage } from "../../../src/cli/sessions/message-view.ts";
import { writeSession } from "../../../src/cli/sessions/session-view.ts";
import { writeTable } from "../../../src/cli/terminal/table.ts";
import { fakeTerminal } from "../../support/fake-streams.ts";

const name = "a\u001b]0;owned\u0007\u009b31mb";
const shown = "a]0;owned31mb";

describe("a name somebody made up", () => {
  const written = (write: (terminal: ReturnType<typeof fakeTerminal>["terminal"]) => void): string => {
    const to = fakeTerminal();
    write(to.terminal);
    return to.stdout();
  };

  it("is shown as text where it is a tool's, in a transcript and in an event", () => {
    const use = { case: "toolUse", value: { callId: "1", tool: name } } as const;
    const result = { case: "toolResult", value: { callId: "1", tool: name, text: "done" } } as const;
    const message = create(MessageSchema, { parts: [{ kind: use }, { kind: result }] });
    expect(written((terminal) => writeMessage(terminal, message, 0))).to.contain(`→ ${shown} {}\n← ${shown}: done\n`);
    const toolCall = create(ToolCallSchema, { tool: name });
    expect(eventText(create(EventSchema, { resource: { case: "toolCall", value: toolCall } }))).to.equal(shown);
  });

  it("is shown as text where it is a model's, of a run and of a session", () => {
    const run = create(RunSchema, { name: "sessions/main/runs/1", model: `p/${name}` });
    expect(written((terminal) => writeRun(terminal, run, 0))).to.contain(`  p/${shown}\n`);
    expect(written((terminal) => writeTable(terminal, runColumns(terminal, 0), [run]))).to.contain(`  p/${shown}  `);
    const session = create(SessionSchema, { name: "sessions/main", settings: { model: `p/${name}` } });
    expect(written((terminal) => writeSession(terminal, session, 0))).to.contain(`  p/${shown}\n`);
  });

  it("is shown as text where it is a driver's unit", () => {
    const pairs = capabilityPairs(create(CapabilitiesSchema, { maxText: 1, textUnit: name }));
    expect(pairs[0]).to.deep.equal(["text", `1 ${shown}`]);
  });
});
