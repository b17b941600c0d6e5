/** What networks may be told: their keys, their secrets, and what fills them in. */

import { expect } from "chai";
import { resolveChannels } from "../../../src/config/channels/resolve-channels.ts";
import { configSchema } from "../../../src/config/config-schema.ts";

describe("the keys of discord and slack", () => {
  function networkOf(channels: object, environment: Record<string, string> = {}): unknown {
    const { channels: checked, messages } = configSchema.parse({ channels });
    return resolveChannels(checked, { messages, environment })[0]?.network;
  }
  const refused = (channels: object): boolean => !configSchema.safeParse({ channels }).success;

  it("are filled in by variables", () => {
    expect(networkOf({ discord: {} }, { DISCORD_BOT_TOKEN: "t" })).to.deep.equal({ token: "t" });
    const slack = networkOf({ slack: {} }, { SLACK_BOT_TOKEN: "b", SLACK_APP_TOKEN: "a" });
    expect(slack).to.deep.equal({ botToken: "b", appToken: "a" });
  });

  it("take guilds and channels by id, and nothing else", () => {
    expect(
      refused({ discord: { guilds: { "300000000000000003": { channels: { "*": { enabled: false } } } } } }),
    ).to.equal(false);
    expect(refused({ discord: { guilds: { "my guild": {} } } })).to.equal(true);
    expect(refused({ discord: { guilds: { "300000000000000003": { chanels: {} } } } })).to.equal(true);
  });

  it("take only paths and addresses that can be served and asked", () => {
    expect(refused({ slack: { mode: "http", webhookPath: "/from-slack" } })).to.equal(false);
    expect(refused({ slack: { webhookPath: "from-slack" } })).to.equal(true);
    expect(refused({ slack: { mode: "carrier pigeon" } })).to.equal(true);
    expect(refused({ discord: { apiRoot: "discord.com" } })).to.equal(true);
  });
});
