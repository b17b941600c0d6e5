/** Which agent a message goes to, and which session. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { InboundMessageSchema } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Binding, MessagingSettings } from "../../../../src/core/channel/channel-settings.ts";
import { defaultMessaging } from "../../../../src/core/channel/channel-settings.ts";
import { findRoute } from "../../../../src/core/channel/route/route.ts";
import { sessionPlace } from "../../../../src/core/channel/route/session-key.ts";
import { type ChannelOverrides, channelSettings } from "../../../support/channel-settings.ts";
import type { Brought } from "../../../support/inbound-kit.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";

const direct: Brought = { kind: Kind.DIRECT, address: "dm-mia", senderAddress: "mia" };
const group: Brought = { kind: Kind.GROUP, address: "#room", senderAddress: "mia" };
const thread: Brought = { ...group, kind: Kind.THREAD, address: "t1", parentAddress: "#room" };

function binding(agent: string, fields: Partial<Binding> = {}): Binding {
  const rest = { accountId: undefined, peer: undefined, space: undefined, roles: [], ...fields };
  return { agent: `agents/${agent}`, channel: "fake", dmScope: undefined, groupScope: undefined, ...rest };
}

function route(brought: Brought, bindings: readonly Binding[], channel: ChannelOverrides = {}) {
  const message = create(InboundMessageSchema, brought);
  return findRoute(message, channelSettings(channel), { ...defaultMessaging, bindings });
}

describe("the agent of a message", () => {
  it("is the default one when no binding matches", () => {
    expect(route(direct, [binding("a", { channel: "other" })])).to.include({ agent: "agents/main", rule: "default" });
  });

  it("is that of the most specific binding, wherever it stands in the list", () => {
    const tiers: readonly [string, Binding][] = [
      ["channel", binding("channel", { accountId: "*" })],
      ["account", binding("account")],
      ["space", binding("space", { space: "guild" })],
      ["space and roles", binding("roles", { space: "guild", roles: ["admin"] })],
      ["any peer", binding("any", { peer: { kind: "group", id: "*" } })],
      ["parent peer", binding("parent", { peer: { kind: "group", id: "#ROOM" } })],
      ["peer", binding("peer", { peer: { kind: "group", id: "t1" } })],
    ];
    const message = { ...thread, space: "guild", senderRoles: ["admin", "x"] };
    for (let count = tiers.length; count > 0; count--) {
      const known = tiers.slice(0, count);
      const [tier, expected] = known.at(-1) ?? expect.fail();
      const random = new SeededRandom(count);
      const bindings = known.map(([, each]) => each).sort(() => random.next() - 0.5);
      expect(route(message, bindings)).to.include({
        agent: expected.agent,
        rule: `bindings[${bindings.indexOf(expected)}] (${tier})`,
      });
    }
  });

  it("is that of the first of several that are as specific", () => {
    expect(route(direct, [binding("a"), binding("b")]).agent).to.equal("agents/a");
  });

  it("asks every field of a binding to match", () => {
    const peer = { kind: "direct", id: "mia" } as const;
    expect(route(direct, [binding("a", { peer, space: "guild" })]).rule).to.equal("default");
    expect(route(direct, [binding("a", { peer, roles: ["admin"] })]).rule).to.equal("default");
    expect(route(direct, [binding("a", { peer: { kind: "group", id: "mia" } })]).rule).to.equal("default");
    expect(route(direct, [binding("a", { peer })]).rule).to.equal("bindings[0] (peer)");
  });

  it("is bound for the default account unless the binding names another, or all", () => {
    const work = { account: "work", isDefault: false };
    expect(route(direct, [binding("a")], work).rule).to.equal("default");
    expect(route(direct, [binding("a", { accountId: "work" })], work).rule).to.equal("bindings[0] (account)");
    expect(route(direct, [binding("a", { accountId: "*" })], work).rule).to.equal("bindings[0] (channel)");
    expect(route(direct, [binding("a", { accountId: "work" })]).rule).to.equal("default");
  });

  it("is the group's own, over every binding", () => {
    const access = { groups: { "#room": { agent: "agents/g" } } };
    const bindings = [binding("a", { peer: { kind: "group", id: "#room" } })];
    expect(route(group, bindings, { access })).to.include({ agent: "agents/g", rule: "groups.#room.agent" });
  });
});

function place(brought: Brought, messaging: Partial<MessagingSettings> = {}, channel: ChannelOverrides = {}): string {
  const settings = { ...defaultMessaging, ...messaging };
  const message = create(InboundMessageSchema, brought);
  const account = channelSettings(channel);
  const rules = {
    route: findRoute(message, account, settings),
    channel: account,
    identityLinks: settings.identityLinks,
  };
  return sessionPlace(message, rules).name.slice("sessions/".length);
}

describe("the session of a message", () => {
  for (const [dmScope, expected] of [
    ["main", "main"],
    ["per-peer", "agent:main:direct:mia"],
    ["per-channel-peer", "agent:main:fake:direct:mia"],
    ["per-account-channel-peer", "agent:main:fake:default:direct:mia"],
  ] as const) {
    it(`is ${expected} for direct conversations with scope ${dmScope}`, () => {
      expect(place(direct, { dmScope })).to.equal(expected);
    });
  }

  it("is the group's, or the main one", () => {
    expect(place(group)).to.equal("agent:main:fake:group:~23room");
    expect(place(group, { groupScope: "main" })).to.equal("main");
  });

  it("is a thread's own, named after its group", () => {
    expect(place(thread)).to.equal("agent:main:fake:group:~23room:thread:t1");
  });

  it("is another one on another account, where the same address may be another room", () => {
    const work = { account: "work", isDefault: false };
    expect(place(group, {}, work)).to.equal("agent:main:fake:work:group:~23room");
  });

  it("is another one for another agent, whose main session is its own", () => {
    const bindings = [binding("ops")];
    expect(place(direct, { bindings })).to.equal("agent:ops:main");
    expect(place(group, { bindings })).to.equal("agent:ops:fake:group:~23room");
  });

  it("follows the scopes of the binding that matched", () => {
    const bindings = [{ ...binding("main"), dmScope: "per-peer", groupScope: "main" } as const];
    expect(place(direct, { bindings })).to.equal("agent:main:direct:mia");
    expect(place(group, { bindings })).to.equal("main");
  });

  it("is one for a person who is known by several names, but never by a name they gave themselves", () => {
    const identityLinks = { mia: ["fake:U1", "u2"], ann: ["other:U3"] };
    const of = (senderAddress: string, aliases: string[] = []) =>
      place({ ...direct, senderAddress, senderAliases: aliases }, { dmScope: "per-peer", identityLinks });
    expect([of("u1"), of("U2"), of("U3"), of("U4", ["u2"])]).to.deep.equal([
      "agent:main:direct:mia",
      "agent:main:direct:mia",
      "agent:main:direct:U3",
      "agent:main:direct:U4",
    ]);
  });

  it("has a valid name, and never another address's, whatever addresses are made of", () => {
    const random = new SeededRandom();
    const letters = ["a", "A", ":", "~", "%", "/", "é", "語", "-", " ", "#"];
    const seen = new Map<string, string>();
    for (let round = 0; round < 2_000; round++) {
      const address = Array.from({ length: random.between(1, round % 7 === 0 ? 90 : 4) }, () =>
        random.pick(letters),
      ).join("");
      const name = place({ ...group, address });
      expect(name, `seed ${random.seed}`).to.match(/^[A-Za-z0-9._~:@+-]{1,128}$/);
      expect(seen.get(name) ?? address, `seed ${random.seed}`).to.equal(address);
      seen.set(name, address);
    }
  });
});
