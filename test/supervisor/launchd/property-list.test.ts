import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { agentLabel, agentProperties, propertyListText } from "../../../src/supervisor/launchd/property-list.ts";
import { hostileWord, sampleService } from "../support/sample-service.ts";

describe("the property list of a launchd agent", () => {
  /** Read by Python's reader of property lists, which knows the format as macOS does. */
  const read = (text: string) => {
    const code = "import json,plistlib,sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
    const { status, stdout, stderr } = spawnSync("python3", ["-c", code], { input: text });
    if (status !== 0) throw new Error(stderr.toString());
    return JSON.parse(stdout.toString());
  };
  before(function () {
    if (spawnSync("python3", ["-c", "import plistlib"]).status !== 0) this.skip();
  });

  it("is named by the profile", () => {
    expect([agentLabel(undefined), agentLabel("work")]).to.deep.equal(["ai.openclaw.gateway", "ai.openclaw.work"]);
  });

  it("runs the gateway with a log of its own, for as long as its user is logged in", () => {
    const log = "/home/ada/.openclaw/logs/gateway.log";
    expect(read(propertyListText(agentProperties(sampleService())))).to.deep.equal({
      Label: "ai.openclaw.gateway",
      ProgramArguments: ["/usr/bin/node", "/opt/openclaw/main.js", "gateway", "run", "--log-file", log],
      StandardErrorPath: log,
      EnvironmentVariables: { LANG: "C.UTF-8", PATH: "/usr/bin:/bin" },
      WorkingDirectory: "/home/ada",
      RunAtLoad: true,
      KeepAlive: true,
      ThrottleInterval: 10,
      ExitTimeOut: 30,
      SoftResourceLimits: { NumberOfFiles: 65_536, Core: 0 },
    });
  });

  it("holds any text as it is", () => {
    const value = { [hostileWord]: [hostileWord, "]]>", "&amp;", ""], empty: {}, list: [], off: false };
    expect(read(propertyListText(value))).to.deep.equal(value);
  });
});
