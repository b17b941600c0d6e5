import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { RunSchema } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { SessionSchema } from "../../gen/openclaw/gateway/v1/session_pb.ts";
import { sessionStatusTool } from "../../src/tools/session-status-tool.ts";
import { toolContext } from "../support/tool-kit.ts";

const session = create(SessionSchema, {
  name: "sessions/main",
  title: "Plans",
  agent: "agents/main",
  generation: 3,
  messageCount: 12,
  contextTokens: 4_321n,
  queuedRunCount: 1,
  createTime: timestampFromMs(0),
  activeTime: timestampFromMs(86_400_000),
});
const run = create(RunSchema, { name: "sessions/main/runs/1", model: "echo/echo", attempt: 1 });

describe("session_status", () => {
  it("tells what there is to know about the session and the run", async () => {
    const context = toolContext({ session, run, nowMs: 172_800_000 });
    expect(await sessionStatusTool.call({}, context)).to.deep.equal({
      session: "sessions/main",
      title: "Plans",
      agent: "agents/main",
      generation: 3,
      messageCount: 12,
      contextTokens: 4_321,
      queuedRunCount: 1,
      createTime: "1970-01-01T00:00:00.000Z",
      activeTime: "1970-01-02T00:00:00.000Z",
      currentTime: "1970-01-03T00:00:00.000Z",
      run: { name: "sessions/main/runs/1", model: "echo/echo", attempt: 1 },
    });
  });

  it("leaves out what is not set", async () => {
    const context = toolContext({ session: create(SessionSchema, { name: "sessions/x" }), run });
    expect(await sessionStatusTool.call({}, context)).not.to.have.any.keys("title", "createTime", "activeTime");
  });

  it("answers in JSON", async () => {
    const status = await sessionStatusTool.call({}, toolContext({ session, run }));
    expect(JSON.parse(JSON.stringify(status))).to.deep.equal(status);
  });

  it("refuses input", async () => {
    const outcome = await sessionStatusTool.call({ session: "x" }, toolContext()).catch((error: unknown) => error);
    expect(outcome)
      .to.be.instanceOf(Error)
      .with.property("message", 'this tool has no field "session"; call it with {}');
  });
});
