import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { expect } from "chai";
import type { CommandResult } from "../../src/lib/host/run-command.ts";
import { chooseSupervisor, type Host } from "../../src/supervisor/choose-supervisor.ts";
import { sampleService } from "./support/sample-service.ts";

describe("chooseSupervisor", () => {
  const host = (platform: NodeJS.Platform, answer: Partial<CommandResult> = {}): Host => ({
    platform,
    userId: 501,
    environment: {},
    run: async () => ({ code: 0, stdout: "", stderr: "", ...answer }),
  });
  const choose = async (where: Host, managed = true, home = "/home/ada") =>
    (await chooseSupervisor(sampleService({ home }), managed, where)).manager;

  it("takes launchd on a Mac, for its user's own home", async () => {
    expect(await choose(host("darwin"), true, userInfo().homedir)).to.equal("launchd");
    expect(await choose(host("darwin"))).to.equal("none");
  });

  it("takes nobody where there is none, or where the gateway lives elsewhere", async () => {
    expect(await choose(host("freebsd"))).to.equal("none");
    expect(await choose(host("darwin"), false, userInfo().homedir)).to.equal("none");
  });

  describe("on a host that runs systemd", () => {
    before(function () {
      if (!existsSync("/run/systemd/system")) this.skip();
    });

    for (const [what, answer, manager] of [
      ["takes the manager of this home", { stdout: '{"HOME":"/home/ada"}' }, "systemd"],
      ["takes an older one as well", { stdout: "LANG=C\nHOME=/home/ada\n" }, "systemd"],
      ["leaves the manager of another home alone", { stdout: '{"HOME":"/home/bob"}' }, "none"],
      ["does without where the user has none", { code: 1 }, "none"],
    ] as const) {
      it(what, async () => {
        expect(await choose(host("linux", answer))).to.equal(manager);
      });
    }
  });
});
