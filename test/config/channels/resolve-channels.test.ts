/** Accounts inherit from their channel, the channel from the defaults; variables fill in what is missing. */

import { expect } from "chai";
import { ircSettings } from "../../../src/channels/irc/irc-settings.ts";
import { resolveChannels } from "../../../src/config/channels/resolve-channels.ts";
import { resolveMessaging } from "../../../src/config/channels/resolve-messaging.ts";
import { configSchema } from "../../../src/config/config-schema.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { defaultMessaging } from "../../../src/core/channel/channel-settings.ts";
import { MisconfiguredError } from "../../../src/core/channel/network.ts";
import { coreSettings } from "../../../src/gateway/settings.ts";
import { ConfigHome } from "../config-home.ts";

function resolve(file: object, environment: Record<string, string> = {}) {
  const { channels, messages } = configSchema.parse(file);
  return resolveChannels(channels, { messages, environment });
}

const only = (file: object, environment?: Record<string, string>) => {
  const [first, ...more] = resolve(file, environment);
  expect(more).to.deep.equal([]);
  if (first === undefined) throw new Error("there is no channel");
  return first;
};

/** Of a file on the disk, as a gateway does. */
async function settingsOf(text: string, environment: Record<string, string> = {}) {
  const home = new ConfigHome();
  try {
    home.write(".openclaw/openclaw.json", text);
    return coreSettings(await loadConfig({ environment, home: home.path })).channels;
  } finally {
    home.remove();
  }
}

describe("resolveChannels", () => {
  it("has no secret where the variable is not set: its name is none", async () => {
    const [webhook] = await settingsOf('{ channels: { webhook: { secret: "${HOOK_SECRET_OF_OURS}" } } }');
    expect(webhook?.network).to.deep.equal({});
  });

  it("puts nothing in the place of a secret that cannot be had", async () => {
    const gone = '{ source: "env", id: "GONE" }';
    const variables = { TELEGRAM_BOT_TOKEN: "1:other" };
    const [only] = await settingsOf(`{ channels: { telegram: { botToken: ${gone} } } }`, variables);
    expect(only?.network).to.deep.equal({});
    const accounts = `{ home: { botToken: "2:home" }, work: { botToken: ${gone} } }`;
    const text = `{ channels: { telegram: { botToken: "3:base", accounts: ${accounts} } } }`;
    const [home, work] = await settingsOf(text, variables);
    expect([home?.network, work?.network]).to.deep.equal([{ botToken: "2:home" }, {}]);
    const base = `{ channels: { telegram: { botToken: ${gone}, accounts: { home: { botToken: "2:home" }, work: {} } } } }`;
    const [ours, other] = await settingsOf(base, variables);
    expect([ours?.network, other?.network]).to.deep.equal([{ botToken: "2:home" }, {}]);
  });

  it("does without a password inside of an object that cannot be had", async () => {
    const gone = '{ source: "env", id: "GONE" }';
    const text = `{ channels: { irc: { host: "h", nick: "n", sasl: { password: ${gone} }, nickserv: { service: "Q" } } } }`;
    const [irc] = await settingsOf(text, { IRC_NICKSERV_PASSWORD: "right" });
    const nickserv = { service: "Q", password: "right" };
    expect(irc?.network).to.deep.equal({ host: "h", nick: "n", sasl: {}, nickserv });
    expect(() => ircSettings(irc?.network)).to.throw(MisconfiguredError, "channels.irc.sasl.password");
  });

  it("has no channel that is not configured, whatever the variables say", () => {
    expect(resolve({}, { IRC_HOST: "irc.example", IRC_NICK: "claw" })).to.deep.equal([]);
  });

  it("fills in the defaults of the reference system", () => {
    const { access, outbound, historyLimit, enabled, isDefault } = only({ channels: { irc: {} } });
    expect(access).to.deep.include({
      dmPolicy: "pairing",
      groupPolicy: "allowlist",
      requireMention: true,
      allowFrom: [],
    });
    expect(outbound).to.deep.include({
      textChunkLimit: 4_000,
      streaming: "off",
      ackReaction: "👀",
      expireMs: 86_400_000,
    });
    expect({ historyLimit, enabled, isDefault }).to.deep.equal({ historyLimit: 50, enabled: true, isDefault: true });
  });

  it("names the default account without its id, others with it", () => {
    const names = resolve({ channels: { irc: { accounts: { default: {}, work: {} } } } }).map(({ name }) => name);
    expect(names).to.deep.equal(["channels/irc", "channels/irc:work"]);
  });

  it("lets an account inherit from its channel, and the channel from the defaults", () => {
    const [home, work] = resolve({
      channels: {
        defaults: { dmPolicy: "disabled", historyLimit: 7 },
        irc: { host: "a", historyLimit: 3, accounts: { home: {}, work: { host: "b", dmPolicy: "open" } } },
      },
    });
    expect(home).to.deep.include({ network: { host: "a" }, historyLimit: 3 });
    expect(home?.access.dmPolicy).to.equal("disabled");
    expect(work).to.deep.include({ network: { host: "b" }, historyLimit: 3 });
    expect(work?.access.dmPolicy).to.equal("open");
  });

  it("replaces groups of the channel by those of the account", () => {
    const groups = { "#a": { requireMention: false } };
    const [one] = resolve({ channels: { irc: { groups, accounts: { one: { groups: { "#b": {} } } } } } });
    expect(one?.access.groups).to.deep.equal({ "#b": {} });
  });

  it("takes the account that is called the default, else the first one", () => {
    const defaults = (irc: object) => resolve({ channels: { irc } }).filter(({ isDefault }) => isDefault);
    expect(defaults({ accounts: { b: {}, a: {} } }).map(({ account }) => account)).to.deep.equal(["a"]);
    expect(defaults({ accounts: { a: {}, b: {} }, defaultAccount: "b" }).map(({ account }) => account)).to.deep.equal([
      "b",
    ]);
  });

  it("disables every account of a channel that is disabled", () => {
    const all = resolve({ channels: { irc: { enabled: false, accounts: { a: { enabled: true }, b: {} } } } });
    expect(all.map(({ enabled }) => enabled)).to.deep.equal([false, false]);
  });

  it("fills keys of the default account from variables, never over what is written", () => {
    const variables = { IRC_HOST: "irc.example", IRC_PORT: "7000", IRC_TLS: "0", IRC_CHANNELS: "#a, #b" };
    const [a, b] = resolve({ channels: { irc: { accounts: { a: { host: "mine" }, b: {} } } } }, variables);
    expect(a?.network).to.deep.equal({ host: "mine", port: 7_000, tls: false, channels: ["#a", "#b"] });
    expect(b?.network).to.deep.equal({});
  });

  it("takes numbers for ids", () => {
    const { access } = only({ channels: { irc: { allowFrom: [123, "mia"] } } });
    expect(access.allowFrom).to.deep.equal(["123", "mia"]);
  });

  it("reads streaming as a word or as an object", () => {
    expect(only({ channels: { irc: { streaming: "partial" } } }).outbound.streaming).to.equal("partial");
    const block = { mode: "block", chunkMode: "newline", block: { minChars: 5, maxChars: 9 } };
    const { outbound } = only({ channels: { irc: { streaming: block } } });
    expect(outbound).to.deep.include({ streaming: "block", chunkMode: "newline", blockMinChars: 5, blockMaxChars: 9 });
  });

  it("fills in how blocks follow each other", () => {
    const outboundOf = (block: object) => only({ channels: { irc: { streaming: { block } } } }).outbound;
    expect(outboundOf({})).to.deep.include({ streaming: "off", blockIdleMs: 1_000, humanDelay: undefined });
    const natural = outboundOf({ enabled: true, idleMs: 0, humanDelay: "natural" });
    expect(natural).to.deep.include({ streaming: "block", blockIdleMs: 0, humanDelay: { minMs: 800, maxMs: 2_500 } });
    expect(outboundOf({ humanDelay: { minMs: 1, maxMs: 2 } }).humanDelay).to.deep.equal({ minMs: 1, maxMs: 2 });
    expect(() => outboundOf({ humanDelay: { minMs: 3, maxMs: 2 } })).to.throw("must not be more than maxMs");
  });

  it("takes the reaction away as messages says, unless the channel says otherwise", () => {
    const messages = { removeAckAfterReply: true };
    expect(only({ messages, channels: { irc: {} } }).outbound.removeAck).to.equal(true);
    expect(only({ messages, channels: { irc: { removeAckAfterReply: false } } }).outbound.removeAck).to.equal(false);
  });

  it("reads where patterns count, whose words are context, and when programs are left alone", () => {
    const irc = {
      mentionPatterns: { denyIn: ["#b"] },
      contextVisibility: "allowlist",
      botLoop: { windowSeconds: 5 },
      groups: { "#a": { botLoop: { maxEvents: 3, cooldownSeconds: 7 } } },
    };
    const { access } = only({ channels: { irc } });
    expect(access).to.deep.include({
      mentionPatterns: { mode: "allow", allowIn: [], denyIn: ["#b"] },
      contextVisibility: "allowlist",
      botLoop: { windowMs: 5_000 },
      groups: { "#a": { botLoop: { maxEvents: 3, cooldownMs: 7_000 } } },
    });
    expect(only({ channels: { irc: {} } }).access).to.deep.include({ mentionPatterns: undefined, botLoop: {} });
  });

  it("gives every account the models of its network", () => {
    const modelByChannel = { irc: { "#a": "openai/gpt-5" } };
    const all = resolve({ channels: { modelByChannel, irc: {}, mychat: { driver: "remote" } } });
    expect(all.map(({ kind, models }) => [kind, models])).to.deep.equal([
      ["irc", { "#a": "openai/gpt-5" }],
      ["mychat", {}],
    ]);
    expect(() => resolve({ channels: { modelByChannel: { irc: { "#a": "gpt" } } } })).to.throw("modelByChannel");
  });

  it("takes any kind as a program outside, and no other way", () => {
    expect(only({ channels: { mychat: { driver: "remote" } } })).to.deep.include({ kind: "mychat", remote: true });
    expect(() => resolve({ channels: { mychat: {} } })).to.throw("remote");
  });

  it("says once that a program outside is the channel, whatever accounts it has", () => {
    const all = resolve({ channels: { mychat: { driver: "remote", accounts: { a: {}, b: {} } } } });
    expect(all.map(({ remote }) => remote)).to.deep.equal([true, true]);
  });

  it("debounces by network", () => {
    const messages = { inbound: { debounceMs: 5, byChannel: { irc: 9 } } };
    const all = resolve({ messages, channels: { irc: {}, mychat: { driver: "remote" } } });
    expect(all.map(({ debounceMs }) => debounceMs)).to.deep.equal([9, 5]);
  });
});

describe("resolveMessaging", () => {
  it("gives what a gateway without configuration uses", () => {
    expect(resolveMessaging(configSchema.parse({}))).to.deep.equal(defaultMessaging);
  });

  it("reads bindings, guilds and teams included", () => {
    const bindings = [{ agentId: "home", match: { channel: "discord", guildId: 7, roles: ["admin"] } }];
    expect(resolveMessaging(configSchema.parse({ bindings })).bindings).to.deep.equal([
      {
        ...{ agent: "agents/home", channel: "discord", space: "7", roles: ["admin"] },
        ...{ accountId: undefined, peer: undefined, dmScope: undefined, groupScope: undefined },
      },
    ]);
  });

  it("reads what messages of one network do while their session is busy", () => {
    const messages = { queue: { byChannel: { irc: "followup", slack: "collect" } } };
    const { queueModeByChannel } = resolveMessaging(configSchema.parse({ messages }));
    expect(queueModeByChannel).to.deep.equal({ irc: "followUp", slack: "collect" });
  });

  it("reads dm as direct", () => {
    const bindings = [{ agentId: "home", match: { channel: "irc", peer: { kind: "dm", id: "mia" } } }];
    const [binding] = resolveMessaging(configSchema.parse({ bindings })).bindings;
    expect(binding?.peer).to.deep.equal({ kind: "direct", id: "mia" });
  });

  it("starts a session anew at whichever comes first where a daily reset has idle minutes, too", () => {
    const session = {
      reset: { mode: "daily", idleMinutes: 30 },
      resetByType: { group: { mode: "daily" } },
      resetByChannel: { irc: { mode: "idle" } },
    };
    const { reset, resetByKind, resetByChannel } = resolveMessaging(configSchema.parse({ session }));
    expect(reset).to.deep.equal({ mode: "both", atHour: 4, idleMinutes: 30 });
    expect(resetByKind.group).to.deep.equal({ mode: "daily", atHour: 4, idleMinutes: 60 });
    expect(resetByChannel.irc).to.deep.equal({ mode: "idle", atHour: 4, idleMinutes: 60 });
  });

  it("reads both ways to name the beginning of a session's key", () => {
    const match = { keyPrefix: "irc:", rawKeyPrefix: "agent:home:" };
    const session = { sendPolicy: { rules: [{ action: "deny", match }] } };
    const [rule] = resolveMessaging(configSchema.parse({ session })).sendRules;
    expect(rule).to.include({ sessionPrefix: "irc:", wholePrefix: "agent:home:" });
  });

  it("refuses a mention pattern that could run for ever", () => {
    const parse = () => configSchema.parse({ messages: { groupChat: { mentionPatterns: ["(a+)+$"] } } });
    expect(parse).to.throw("cannot run for long");
  });
});
