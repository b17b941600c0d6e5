import { expect } from "chai";
import { configPath, processSurroundings, readProfile, stateDirectory } from "../../src/config/environment.ts";
import { resolvePort } from "../../src/config/gateway/resolve-port.ts";
import { flaggedProfile } from "../../src/config/profile.ts";
import { configErrorOf, loaded, loadedGateway } from "./config-home.ts";

describe("profiles", () => {
  const home = "/home/ada";
  const places = (environment: Record<string, string>) => [
    stateDirectory({ environment, home }),
    configPath({ environment, home }),
  ];

  it("have a state folder and a configuration of their own", () => {
    expect(places({})).to.deep.equal(["/home/ada/.openclaw", "/home/ada/.openclaw/openclaw.json"]);
    expect(places({ OPENCLAW_PROFILE: "work" })).to.deep.equal([
      "/home/ada/.openclaw-work",
      "/home/ada/.openclaw-work/openclaw.json",
    ]);
  });

  it("give way to places that are set", () => {
    const environment = { OPENCLAW_PROFILE: "work", OPENCLAW_STATE_DIR: "/srv/a", OPENCLAW_CONFIG_PATH: "/etc/a.json" };
    expect(places(environment)).to.deep.equal(["/srv/a", "/etc/a.json"]);
  });

  it("are named by a flag before the environment", () => {
    const { environment } = processSurroundings({ profile: "work" });
    expect(readProfile(environment)).to.equal("work");
    expect(flaggedProfile({ dev: true })).to.equal("dev");
    expect(flaggedProfile({ dev: true, profile: "dev" })).to.equal("dev");
    expect(flaggedProfile({})).to.equal(undefined);
  });

  it('call the one without a name "default"', () => {
    expect(readProfile({ OPENCLAW_PROFILE: "default" })).to.equal(undefined);
    expect(places({ OPENCLAW_PROFILE: "default" })[0]).to.equal("/home/ada/.openclaw");
  });

  for (const name of ["..", "a/b", "Work", "a b", "-a", "ä", "a".repeat(65)]) {
    it(`are not called ${JSON.stringify(name)}`, async () => {
      const wrong = "must be lower-case letters, digits, - and _, at most 64";
      expect(await configErrorOf(() => readProfile({ OPENCLAW_PROFILE: name }))).to.contain(
        `OPENCLAW_PROFILE: ${wrong}`,
      );
      expect(await configErrorOf(() => flaggedProfile({ profile: name }))).to.contain(`--profile: ${wrong}`);
    });
  }

  it("are one at a time", async () => {
    expect(await configErrorOf(() => flaggedProfile({ dev: true, profile: "work" }))).to.equal(
      '--dev: is the profile "dev", and --profile says "work"',
    );
  });

  it('listen on 18789, and on 19001 in the profile "dev"', () => {
    expect(resolvePort(loaded({ environment: { OPENCLAW_PROFILE: "work" } })).value).to.equal(18_789);
    expect(resolvePort(loaded({ environment: { OPENCLAW_PROFILE: "dev" } }))).to.deep.equal({
      value: 19_001,
      source: "profile dev",
    });
    expect(resolvePort(loadedGateway({ port: 5 }, { OPENCLAW_PROFILE: "dev" })).value).to.equal(5);
  });
});
