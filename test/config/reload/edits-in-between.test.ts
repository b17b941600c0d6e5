/** What is written by hand while the gateway is busy with the configuration, where no file system would tell of it. */

import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { ConfigDocument } from "../../../src/config/document/config-document.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { LiveConfig } from "../../../src/config/reload/live-config.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { silentLog } from "../../../src/lib/log.ts";
import { until } from "../../support/until.ts";
import { ConfigHome } from "../config-home.ts";

describe("a configuration that is written by hand", function () {
  this.timeout(60_000);
  let home: ConfigHome;
  let live: LiveConfig;
  let path: string;

  afterEach(async () => {
    await live.stop();
    home.remove();
  });

  function write(maxSteps: number): void {
    writeFileSync(path, JSON.stringify({ agents: { defaults: { maxSteps } } }));
  }

  /** A gateway that has read the file, and not started yet. */
  async function open(adopt: () => void = () => {}): Promise<void> {
    home = new ConfigHome();
    path = home.write(".openclaw/openclaw.json", "{}");
    const surroundings = { environment: {}, home: home.path };
    live = new LiveConfig({
      loaded: await loadConfig(surroundings),
      document: new ConfigDocument({ surroundings, clock: systemClock }),
      gateway: { parts: [], adopt, restart: async () => {} },
      changed: async () => {},
      log: silentLog,
    });
  }

  async function applies(maxSteps: number): Promise<void> {
    const isApplied = () => live.running.config.agents.defaults.maxSteps === maxSteps;
    await until(isApplied, `it is applied with ${maxSteps} steps`);
    expect(live.disk.etag).to.equal(live.appliedEtag);
  }

  it("is applied when that happens while the gateway starts", async () => {
    await open();
    write(2);
    await live.start();
    await applies(2);
  });

  it("is applied when that happens while another change is applied", async () => {
    let rest = 2;
    await open(() => {
      if (rest-- > 0) write(10 + rest);
    });
    await live.start();
    write(2);
    await live.reload();
    await applies(10);
  });
});
