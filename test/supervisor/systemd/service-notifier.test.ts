import { expect } from "chai";
import type { CommandResult } from "../../../src/lib/host/run-command.ts";
import { type NotifyOptions, ServiceNotifier } from "../../../src/supervisor/systemd/service-notifier.ts";

describe("the line to systemd", () => {
  let sent: string[];
  let problems: string[];
  let heard: () => void;
  let notifier: ServiceNotifier | undefined;

  beforeEach(() => {
    sent = [];
    problems = [];
    heard = () => {};
  });
  afterEach(() => notifier?.close());

  const connect = (changes: Partial<NotifyOptions> = {}, code: number | undefined = 0) => {
    const run = async (program: string, args: readonly string[]): Promise<CommandResult> => {
      sent.push([program, ...args].join(" "));
      heard();
      return { code, stdout: "", stderr: code === 0 ? "" : "no such socket\n" };
    };
    notifier = new ServiceNotifier({
      socket: "/run/notify",
      watchdogUsec: undefined,
      watchdogPid: undefined,
      run,
      failed: (reason) => problems.push(reason),
      ...changes,
    });
    return notifier;
  };
  const until = async (message: string) => {
    while (!sent.includes(message)) {
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };

  it("says when the gateway is ready, and that it stops", async () => {
    const line = connect();
    await line.ready("ready at http://127.0.0.1:1");
    await line.stopping();
    expect(sent).to.deep.equal([
      "systemd-notify --ready --status=ready at http://127.0.0.1:1",
      "systemd-notify STOPPING=1 EXTEND_TIMEOUT_USEC=20000000",
    ]);
  });

  it("says that a new configuration is taken into use, since when, and when that is done", async () => {
    const line = connect();
    await line.reloading();
    await line.ready("ready at http://127.0.0.1:2");
    expect(sent[0]).to.match(/^systemd-notify RELOADING=1 MONOTONIC_USEC=\d+$/);
    expect(sent[1]).to.equal("systemd-notify --ready --status=ready at http://127.0.0.1:2");
  });

  it("says again and again that the gateway lives, where somebody watches", async () => {
    await connect({ watchdogUsec: "3000", watchdogPid: String(process.pid) }).ready("ready");
    await until("systemd-notify WATCHDOG=1");
  });

  it("does not when another process is watched", async () => {
    await connect({ watchdogUsec: "3000", watchdogPid: String(process.pid + 1) }).ready("ready");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent).to.have.length(1);
  });

  it("says nothing in a process systemd did not start", async () => {
    const line = connect({ socket: undefined, watchdogUsec: "3000" });
    expect(line.listens).to.equal(false);
    await line.ready("ready");
    await line.stopping();
    expect(sent).to.deep.equal([]);
  });

  it("tells when systemd cannot be told", async () => {
    await connect({}, 1).ready("ready");
    expect(problems).to.deep.equal(["systemd-notify --ready --status=ready failed: no such socket"]);
  });
});
