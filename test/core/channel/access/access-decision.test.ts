/** The gates a message passes, one after the other, and what each says. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { InboundMessageSchema } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { type AccessFacts, decideAccess } from "../../../../src/core/channel/access/access-decision.ts";
import type {
  AccessSettings,
  ChannelSettings,
  MessagingSettings,
} from "../../../../src/core/channel/channel-settings.ts";
import { channelSettings } from "../../../support/channel-settings.ts";
import type { Brought } from "../../../support/inbound-kit.ts";

const direct: Brought = { kind: Kind.DIRECT, address: "mia", senderAddress: "mia", text: "hi" };
const group: Brought = { kind: Kind.GROUP, address: "#room", senderAddress: "mia", text: "hi" };

interface Case {
  readonly message?: Brought;
  readonly access?: Partial<AccessSettings>;
  readonly channel?: Partial<ChannelSettings>;
  readonly facts?: Partial<AccessFacts>;
  readonly accessGroups?: MessagingSettings["accessGroups"];
}

function decide({ message = {}, access = {}, channel = {}, facts = {}, accessGroups = {} }: Case) {
  const known = {
    ours: false,
    paired: false,
    mentioned: false,
    activation: undefined,
    command: false,
    loop: undefined,
  };
  const strict = { dmPolicy: "pairing", allowFrom: [], groupPolicy: "allowlist", requireMention: true } as const;
  const settings = channelSettings({ ...channel, access: { ...strict, ...access } });
  const whole = create(InboundMessageSchema, message);
  return decideAccess({ message: whole, ...known, ...facts }, { channel: settings, messaging: { accessGroups } });
}

const verdictOf = (wanted: Case) => {
  const { verdict, rule } = decide(wanted);
  return `${verdict} ${rule}`;
};

describe("who is heard in a direct conversation", () => {
  for (const [dmPolicy, allowFrom, paired, expected] of [
    ["pairing", [], false, "pair dmPolicy=pairing"],
    ["pairing", [], true, "admit dmPolicy=pairing"],
    ["pairing", ["mia"], false, "admit dmPolicy=pairing"],
    ["pairing", ["*"], false, "admit dmPolicy=pairing"],
    ["allowlist", [], false, "suppress dmPolicy=allowlist"],
    ["allowlist", [], true, "suppress dmPolicy=allowlist"],
    ["allowlist", ["MIA"], false, "admit dmPolicy=allowlist"],
    ["open", [], false, "suppress dmPolicy=open"],
    ["open", [], true, "suppress dmPolicy=open"],
    ["open", ["*"], false, "admit dmPolicy=open"],
    ["disabled", ["*"], true, "suppress dmPolicy=disabled"],
  ] as const) {
    const who = paired ? "paired" : "unpaired";
    it(`is decided for ${dmPolicy}, [${allowFrom.join()}] and a sender who is ${who}`, () => {
      expect(verdictOf({ message: direct, access: { dmPolicy, allowFrom }, facts: { paired } })).to.equal(expected);
    });
  }

  it("finds a sender by an alias, by network and id, and with an @ before the name", () => {
    const message = { ...direct, senderAliases: ["Mia_B", "+491"] };
    for (const entry of ["mia_b", "@mia_b", "fake:mia", "FAKE:+491"]) {
      expect(verdictOf({ message, access: { dmPolicy: "allowlist", allowFrom: [entry] } })).to.match(/^admit/);
    }
    for (const entry of ["other:mia", "mi", "mia2", ""]) {
      expect(verdictOf({ message, access: { dmPolicy: "allowlist", allowFrom: [entry] } })).to.match(/^suppress/);
    }
  });

  it("knows access groups by network; one that is not defined admits nobody", () => {
    const access = { dmPolicy: "allowlist", allowFrom: ["accessGroup:team"] } as const;
    expect(verdictOf({ message: direct, access, accessGroups: { team: { fake: ["mia"] } } })).to.match(/^admit/);
    expect(verdictOf({ message: direct, access, accessGroups: { team: { "*": ["*"] } } })).to.match(/^admit/);
    expect(verdictOf({ message: direct, access, accessGroups: { team: { other: ["mia"] } } })).to.match(/^suppress/);
    expect(verdictOf({ message: direct, access })).to.match(/^suppress/);
  });

  it("never asks a program to pair", () => {
    const message = { ...direct, senderIsBot: true };
    expect(verdictOf({ message, access: { allowBots: true } })).to.equal("suppress dmPolicy=pairing");
  });

  it("says which setting would change it", () => {
    const { reason } = decide({ message: direct, access: { dmPolicy: "allowlist" } });
    expect(reason).to.equal("the sender is not in channels.fake.allowFrom; add the sender to be answered");
    const channel = { isDefault: false, account: "work" };
    expect(decide({ message: direct, access: { dmPolicy: "disabled" }, channel }).reason).to.equal(
      "channels.fake.accounts.work.dmPolicy is disabled",
    );
  });
});

describe("who is heard in a group", () => {
  const mentioned = { mentioned: true };

  it("is nobody while groups are disabled", () => {
    const access = { groupPolicy: "disabled", allowFrom: ["*"] } as const;
    expect(verdictOf({ message: group, access, facts: mentioned })).to.equal("suppress groupPolicy=disabled");
  });

  it("is who is on the list of groups' senders, or else on that of the channel; pairing counts for nothing", () => {
    const admitted = (access: Partial<AccessSettings>) =>
      verdictOf({ message: group, access, facts: { ...mentioned, paired: true } });
    expect(admitted({})).to.equal("suppress groupAllowFrom");
    expect(admitted({ allowFrom: ["mia"] })).to.match(/^admit/);
    expect(admitted({ allowFrom: ["mia"], groupAllowFrom: [] })).to.equal("suppress groupAllowFrom");
    expect(admitted({ allowFrom: [], groupAllowFrom: ["mia"] })).to.match(/^admit/);
  });

  it("is anybody in an open group, unless the group has a list of its own", () => {
    const access = { groupPolicy: "open", groups: { "#room": {} } } as const;
    expect(verdictOf({ message: group, access, facts: mentioned })).to.match(/^admit/);
    const listed = { groupPolicy: "open", groups: { "#room": { allowFrom: ["ann"] } } } as const;
    expect(verdictOf({ message: group, access: listed, facts: mentioned })).to.equal("suppress groupAllowFrom");
  });

  it("is nobody in a group that a map of groups does not name", () => {
    const other = { groupPolicy: "open", groups: { "#other": {} } } as const;
    expect(verdictOf({ message: group, access: other, facts: mentioned })).to.equal("suppress groups");
    expect(decide({ message: group, access: other }).reason).to.contain("channels.fake.groups; add #room there");
    const any = { groupPolicy: "open", groups: { "*": {} } } as const;
    expect(verdictOf({ message: group, access: any, facts: mentioned })).to.match(/^admit/);
    const off = { groupPolicy: "open", groups: { "*": {}, "#ROOM": { enabled: false } } } as const;
    expect(verdictOf({ message: group, access: off, facts: mentioned })).to.equal("suppress groups");
  });

  it("is decided for a thread by its own entry, then by its group's", () => {
    const thread = { ...group, kind: Kind.THREAD, address: "t1", parentAddress: "#room" };
    const byGroup = { groupPolicy: "open", groups: { "#room": { requireMention: false } } } as const;
    expect(verdictOf({ message: thread, access: byGroup })).to.match(/^admit/);
    const own = { ...byGroup, groups: { ...byGroup.groups, t1: { requireMention: true } } };
    expect(verdictOf({ message: thread, access: own })).to.equal("context mention");
  });
});

describe("the mention gate", () => {
  const open = { groupPolicy: "open" } as const;

  it("keeps what does not mention us as context, or not at all", () => {
    expect(verdictOf({ message: group, access: open })).to.equal("context mention");
    expect(verdictOf({ message: group, access: open, channel: { historyLimit: 0 } })).to.equal("suppress mention");
  });

  it("opens for a mention, a command, and where no mention is required", () => {
    expect(verdictOf({ message: group, access: open, facts: { mentioned: true } })).to.match(/^admit/);
    expect(verdictOf({ message: group, access: open, facts: { command: true } })).to.match(/^admit/);
    expect(verdictOf({ message: group, access: { ...open, requireMention: false } })).to.match(/^admit/);
    const groups = { "#room": { requireMention: false } };
    expect(verdictOf({ message: group, access: { ...open, groups } })).to.match(/^admit/);
  });

  it("opens for an answer to us and for talk in our thread, each only where that is configured", () => {
    const reply = { ...group, repliesToUs: true, replyTo: "7" };
    const thread = { ...group, kind: Kind.THREAD, repliesToUs: true };
    const implicit = (replyToBot: boolean, threadParticipation: boolean) => ({
      ...open,
      implicitMentions: { replyToBot, threadParticipation },
    });
    expect(verdictOf({ message: reply, access: implicit(true, false) })).to.match(/^admit/);
    expect(verdictOf({ message: reply, access: implicit(false, true) })).to.match(/^context/);
    expect(verdictOf({ message: thread, access: implicit(false, true) })).to.match(/^admit/);
    expect(verdictOf({ message: thread, access: implicit(true, false) })).to.match(/^context/);
  });

  it("follows what the group's session says, over the configuration", () => {
    expect(verdictOf({ message: group, access: open, facts: { activation: "always" } })).to.match(/^admit/);
    const access = { ...open, requireMention: false };
    expect(verdictOf({ message: group, access, facts: { activation: "mention" } })).to.match(/^context/);
  });

  it("does not stand in direct conversations", () => {
    expect(verdictOf({ message: direct, access: { allowFrom: ["*"] } })).to.match(/^admit/);
  });
});

describe("programs", () => {
  const bot = { ...group, senderIsBot: true };
  const open = { groupPolicy: "open", requireMention: false } as const;

  it("are heard never, always, or when they mention us", () => {
    expect(verdictOf({ message: bot, access: { ...open, allowBots: false } })).to.equal("suppress allowBots");
    expect(verdictOf({ message: bot, access: { ...open, allowBots: true } })).to.match(/^admit/);
    const mentions = { ...open, allowBots: "mentions" } as const;
    expect(verdictOf({ message: bot, access: mentions })).to.equal("suppress allowBots=mentions");
    expect(verdictOf({ message: bot, access: mentions, facts: { mentioned: true } })).to.match(/^admit/);
  });

  it("are left alone when they and we go round in circles", () => {
    const facts = { loop: "too often" };
    expect(decide({ message: bot, access: { ...open, allowBots: true }, facts })).to.deep.equal({
      verdict: "suppress",
      rule: "botLoop",
      reason: "too often",
    });
  });
});

describe("what is no message", () => {
  it("is not heard, whoever it is from: our own, edits, and what says nothing", () => {
    const access = { allowFrom: ["*"] };
    expect(verdictOf({ message: direct, access, facts: { ours: true } })).to.equal("suppress echo");
    expect(verdictOf({ message: { ...direct, edited: true }, access })).to.equal("suppress edit");
    expect(verdictOf({ message: { ...direct, text: " \n" }, access })).to.equal("suppress empty");
  });
});
