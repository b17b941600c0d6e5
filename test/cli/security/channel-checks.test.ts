import { expect } from "chai";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import type { Check } from "../../../src/cli/care/check.ts";
import { entrancesCheck } from "../../../src/cli/security/entrances-check.ts";
import { policiesCheck } from "../../../src/cli/security/policies-check.ts";
import { secretsCheck } from "../../../src/cli/security/secrets-check.ts";
import { tokensCheck } from "../../../src/cli/security/tokens-check.ts";
import { CareKit, type Machine } from "../../support/care-kit.ts";
import { CoreKit } from "../../support/core-kit.ts";

describe("checks of the security audit, on channels and tokens", () => {
  let kit: CareKit;
  beforeEach(() => {
    kit = new CareKit();
  });
  afterEach(() => kit.remove());

  const subjects = async (check: Check, config: object, machine: Machine = {}) => {
    kit.configure(config);
    return (await kit.run(check, machine)).map(({ severity, subject }) => `${severity} ${subject}`);
  };

  describe("policies", () => {
    const policies = (channels: object, more: object = {}) => subjects(policiesCheck, { channels, ...more });

    it("are content with channels that let in whom somebody chose", async () => {
      expect(
        await policies({ irc: { dmPolicy: "pairing", groupPolicy: "allowlist", allowFrom: ["ada"] } }),
      ).to.deep.equal([]);
    });

    it("call open doors errors, wherever they are written", async () => {
      const accounts = { work: { allowFrom: ["*"] } };
      expect(await policies({ irc: { dmPolicy: "open", allowFrom: ["*"] } })).to.deep.equal([
        "error channels.irc.dmPolicy",
      ]);
      expect(await policies({ irc: { accounts } })).to.deep.equal(["error channels.irc.accounts.work.allowFrom"]);
      expect(await policies({ defaults: { allowFrom: ["*"] }, irc: { dmPolicy: "open" } })).to.deep.equal([
        "error channels.defaults.allowFrom",
        "error channels.irc.dmPolicy",
      ]);
    });

    it("warn of one that is open by name only", async () => {
      expect(await policies({ irc: { dmPolicy: "open", allowFrom: ["ada"] } })).to.deep.equal([
        "warning channels.irc.dmPolicy",
      ]);
    });

    it("warn of every group, of everybody in groups, and of other bots", async () => {
      expect(await policies({ irc: { groupPolicy: "open", groupAllowFrom: ["*"], allowBots: true } })).to.deep.equal([
        "warning channels.irc.groupPolicy",
        "warning channels.irc.groupAllowFrom",
        "warning channels.irc.allowBots",
      ]);
    });

    it("warn of any group that need not mention the agent, also when a default says so", async () => {
      const any = { "*": {} };
      const place = 'channels.irc.groups["*"]';
      expect(await policies({ irc: { groups: any } })).to.deep.equal([`info ${place}`]);
      expect(await policies({ irc: { groups: { "*": { requireMention: false } } } })).to.deep.equal([
        `warning ${place}`,
      ]);
      expect(await policies({ defaults: { requireMention: false }, irc: { groups: any } })).to.deep.equal([
        `warning ${place}`,
      ]);
      expect(await policies({ irc: { groups: { "*": { enabled: false } } } })).to.deep.equal([]);
    });

    it("find that everybody is an owner", async () => {
      expect(await policies({}, { commands: { ownerAllowFrom: ["*"] } })).to.deep.equal([
        "error commands.ownerAllowFrom",
      ]);
    });
  });

  describe("secrets", () => {
    it("of channels are found by key, and never shown", async () => {
      const irc = {
        host: "h",
        nick: "n",
        nickserv: { password: "pw-irc" },
        accounts: { work: { password: "pw-work" } },
      };
      kit.configure({ channels: { irc, telegram: { botToken: "123:secret" }, discord: { token: "${TOKEN}" } } });
      const problems = await kit.run(secretsCheck, { environment: { TOKEN: "t" } });
      expect(problems.map(({ subject }) => subject)).to.deep.equal([
        "channels.irc.nickserv.password",
        "channels.irc.accounts.work.password",
        "channels.telegram.botToken",
      ]);
      expect(JSON.stringify(problems)).not.to.match(/pw-|123:secret/);
    });
  });

  describe("entrances", () => {
    const entrances = (channels: object) => subjects(entrancesCheck, { channels });

    it("find webhooks that take anybody's word", async () => {
      const telegram = { botToken: "1:a", webhookUrl: "https://claw.example/hooks/telegram" };
      expect(await entrances({ telegram })).to.deep.equal(["error channels/telegram"]);
      expect(await entrances({ telegram: { ...telegram, webhookSecret: "0123456789abcdef" } })).to.deep.equal([]);
      expect(await entrances({ telegram: { botToken: "1:a" } })).to.deep.equal([]);
    });

    it("find a webhook channel and Slack over HTTP without their secrets", async () => {
      const open = { webhook: { url: "https://app.example/in" }, slack: { botToken: "b", mode: "http" } };
      expect(await entrances(open)).to.deep.equal(["error channels/slack", "error channels/webhook"]);
      const webhook = { secret: "0123456789abcdef" };
      const slack = { botToken: "b", mode: "http", signingSecret: "s" };
      expect(await entrances({ webhook, slack })).to.deep.equal([]);
    });

    it("warn of mail whose senders nobody checks", async () => {
      const email = { address: "claw@example.org" };
      expect(await entrances({ email })).to.deep.equal(["warning channels/email"]);
      expect(await entrances({ email: { ...email, authservId: "mx.example.org" } })).to.deep.equal([]);
      const lax = { ...email, authservId: "mx.example.org", requireAuthenticated: false };
      expect(await entrances({ email: lax })).to.deep.equal(["warning channels/email"]);
    });

    it("look at what accounts inherit, and not at what is disabled", async () => {
      const accounts = { work: { webhookUrl: "https://claw.example/work" }, off: { enabled: false } };
      expect(await entrances({ telegram: { botToken: "1:a", accounts } })).to.deep.equal([
        "error channels/telegram:work",
      ]);
      const own = { ...accounts.work, enabled: false };
      expect(await entrances({ telegram: { botToken: "1:a", accounts: { work: own } } })).to.deep.equal([]);
    });

    it("tell of a remote channel that any driver may be", async () => {
      expect(await entrances({ mattermost: { driver: "remote" } })).to.deep.equal(["info channels/mattermost"]);
      const named = { driver: "remote", driverPrincipal: "tokens/mattermost" };
      expect(await entrances({ mattermost: named })).to.deep.equal([]);
    });
  });

  describe("tokens", () => {
    const dayMs = 86_400_000;
    let core: CoreKit;
    beforeEach(async () => {
      core = new CoreKit({});
      await core.start();
    });
    afterEach(() => core.close());

    const look = async () => {
      const owner = { pid: 1, startTimeMs: 0, url: "http://127.0.0.1:1", verified: true };
      const link = { client: async () => core.client } as unknown as Machine["link"] & object;
      return await kit.run(tokensCheck, { owner, link, nowMs: core.clock.nowMs() });
    };

    it("are not told while they are young, or end by themselves", async () => {
      await core.client.access.createToken({ tokenId: "ci", scopes: [Scope.READ] });
      const ttl = { seconds: 100n * 86_400n, nanos: 0 };
      await core.client.access.createToken({ tokenId: "short", scopes: [Scope.READ], ttl });
      expect(await look()).to.deep.equal([]);
      core.clock.advance(101 * dayMs);
      expect((await look()).map(({ subject }) => subject)).to.deep.equal(["tokens/ci"]);
    });

    it("nobody uses are a warning, with the command that ends them", async () => {
      await core.client.access.createToken({ tokenId: "ci", scopes: [Scope.READ] });
      core.clock.advance(91 * dayMs);
      const [problem] = await look();
      expect(problem).to.include({ severity: "warning", subject: "tokens/ci" });
      expect(problem?.reason).to.contain("never used for 91 days");
      expect(problem?.fix).to.contain("openclaw tokens revoke ci");
    });

    it("that are used and years old are good to know", async () => {
      const { secret } = await core.client.access.createToken({ tokenId: "ci", scopes: [Scope.READ] });
      core.clock.advance(400 * dayMs);
      core.core.access.credentials.find(secret);
      const [problem] = await look();
      expect(problem).to.include({ severity: "info", subject: "tokens/ci" });
      expect(problem?.reason).to.equal("it is 400 days old and never ends");
    });

    it("are not looked at when no gateway runs", async () => {
      expect(await kit.run(tokensCheck)).to.deep.equal([]);
    });
  });
});
