import { expect } from "chai";
import { UsageError } from "../../src/cli/command/usage-error.ts";
import { conversationName, type TargetValues } from "../../src/cli/message/target.ts";

/** "irc", "irc:work", "!irc" (disabled) as the gateway lists them. */
function listed(words: readonly string[]): Parameters<typeof conversationName>[0] {
  const channels = words.map((word) => {
    const id = word.replace("!", "");
    const [kind = "", account = "default"] = id.split(":");
    return { name: `channels/${id}`, kind, account, enabled: !word.startsWith("!") };
  });
  return { listChannels: async () => ({ channels }) } as unknown as Parameters<typeof conversationName>[0];
}

const typed = (values: Partial<TargetValues>): TargetValues => {
  return { channel: undefined, account: undefined, target: undefined, ...values };
};

describe("the target of a message", () => {
  for (const [what, channels, values, name] of [
    ["is the only channel's", ["irc"], { target: "mia" }, "channels/irc/conversations/mia"],
    ["is the only one's in use", ["irc", "!telegram"], { target: "mia" }, "channels/irc/conversations/mia"],
    ["names its network itself", ["irc", "telegram"], { target: "telegram:7" }, "channels/telegram/conversations/7"],
    ["may be on a channel that is named and disabled", ["irc", "!x"], { target: "x:7" }, "channels/x/conversations/7"],
    ["may hold a colon", ["irc"], { target: "me:you" }, "channels/irc/conversations/me~3Ayou"],
    ["is the default account's", ["irc", "irc:work"], { target: "irc:me" }, "channels/irc/conversations/me"],
    ["is the account's", ["irc", "irc:w"], { target: "me", account: "w" }, "channels/irc:w/conversations/me"],
    ["is a whole name", [], { target: "channels/a/conversations/b" }, "channels/a/conversations/b"],
    [
      "is a whole name, and the options say the same",
      [],
      { target: "channels/a:w/conversations/b", channel: "a", account: "w" },
      "channels/a:w/conversations/b",
    ],
  ] as const) {
    it(`${what}: ${JSON.stringify(values)} on ${channels.join(", ")}`, async () => {
      const found = await conversationName(listed(channels), typed(values));
      expect(found.toLowerCase()).to.equal(name.toLowerCase());
    });
  }

  for (const [what, channels, values, message, next] of [
    [
      "a network that is not configured",
      ["irc"],
      { target: "telegram:1" },
      '"telegram" is no channel',
      "there are: irc",
    ],
    [
      "a prefix that is no channel among several",
      ["door", "!irc"],
      { target: "nope:me" },
      '"nope" is no channel',
      "there are: door, irc (disabled)",
    ],
    [
      "several channels in use",
      ["door", "irc", "!x"],
      { target: "me" },
      "several channels are configured",
      "choose with --channel or --account: door, irc",
    ],
    [
      "an account nobody has",
      ["irc"],
      { target: "me", channel: "irc", account: "w" },
      "there is no channel irc with the account w",
      "there are: irc",
    ],
    [
      "two accounts",
      ["irc:home", "irc:work"],
      { target: "me", channel: "irc:work", account: "home" },
      "--channel says account work, but --account says home",
      "leave one of them out",
    ],
    [
      "a whole name and another account",
      [],
      { target: "channels/a:w/conversations/b", account: "home" },
      "the target is on channels/a:w, but the options say another channel",
      "leave one of them out",
    ],
    [
      "a whole name and another network",
      [],
      { target: "channels/a/conversations/b", channel: "irc" },
      "the target is on channels/a, but the options say another channel",
      "leave one of them out",
    ],
    ["no channel at all", [], { target: "me" }, "no channel is configured", "add one with: openclaw channels add"],
  ] as const) {
    it(`is refused for ${what}`, async () => {
      const thrown: unknown = await conversationName(listed(channels), typed(values)).catch((error) => error);
      expect(thrown).to.be.instanceOf(UsageError);
      expect(thrown).to.include({ message, next });
    });
  }
});
