/** What every account may have is nothing a network is told, and nothing it is connected anew for. */

import { expect } from "chai";
import type { ChannelsConfig } from "../../../src/config/channels/channels-config.ts";
import { accountShape } from "../../../src/config/channels/policy-schema.ts";
import { resolveChannels } from "../../../src/config/channels/resolve-channels.ts";
import { defaultConfig } from "../../../src/config/config.ts";

describe("the keys of a network", () => {
  it("are all but those that every account of every network may have", () => {
    const common = Object.fromEntries(Object.keys(accountShape).map((key) => [key, undefined]));
    const channels = { irc: { ...common, host: "irc.example.org" } } as unknown as ChannelsConfig;
    const [account] = resolveChannels(channels, { messages: defaultConfig.messages, environment: {} });
    expect(account?.network).to.deep.equal({ host: "irc.example.org" });
  });
});
