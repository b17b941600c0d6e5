import { expect } from "chai";
import { type ChannelGround, planChannel } from "../../../src/cli/channel-setup/plan-channel.ts";

describe("the plan of a channel", () => {
  const plan = (
    keys: readonly (readonly [string, string])[],
    { account, ...ground }: Partial<ChannelGround> & { account?: string } = {},
  ) => {
    const { edits, variables } = planChannel(
      { kind: "irc", account, keys },
      { written: undefined, known: [], secretsInConfig: false, ...ground },
    );
    return { edits: edits.map(({ path, value }) => [path.join("."), value]), variables };
  };
  const known = [{ kind: "irc", account: "default", enabled: true }];

  it("has a new channel with its keys, read as numbers and lists where they are", () => {
    expect(
      plan([
        ["port", "6667"],
        ["channels", '["#a"]'],
        ["nick", "claw"],
      ]).edits,
    ).to.deep.equal([
      ["channels.irc.enabled", true],
      ["channels.irc.port", 6667],
      ["channels.irc.channels", ["#a"]],
      ["channels.irc.nick", "claw"],
    ]);
  });

  it("keeps secrets out of the configuration, and takes them as they are", () => {
    const { edits, variables } = plan([["nickserv.password", "0123"]], { known });
    expect(edits).to.deep.equal([["channels.irc.nickserv.password", "${IRC_NICKSERV_PASSWORD}"]]);
    expect(variables).to.deep.equal({ IRC_NICKSERV_PASSWORD: "0123" });
  });

  it("gives each account variables of its own", () => {
    expect(plan([["password", "p"]], { account: "work" }).variables).to.deep.equal({ IRC_WORK_PASSWORD: "p" });
  });

  it("leaves a reference to a secret as it is", () => {
    const { edits, variables } = plan(
      [
        ["password", "${MINE}"],
        ["sasl.password", '{source: "env", id: "MINE"}'],
      ],
      { known },
    );
    expect(edits.map(([, value]) => value)).to.deep.equal(["${MINE}", { source: "env", id: "MINE" }]);
    expect(variables).to.deep.equal({});
  });

  it("writes a secret into the configuration when that is asked", () => {
    const { edits, variables } = plan([["password", "0123"]], { known, secretsInConfig: true });
    expect(edits).to.deep.equal([["channels.irc.password", "0123"]]);
    expect(variables).to.deep.equal({});
  });

  it("has only what differs", () => {
    const written = { channels: { irc: { nick: "claw", channels: ["#a"] } } };
    const keys = [
      ["nick", "claw"],
      ["channels", '["#a"]'],
      ["host", "h"],
    ] as const;
    expect(plan(keys, { known, written }).edits).to.deep.equal([["channels.irc.host", "h"]]);
  });

  it("connects a channel again that was disabled", () => {
    const off = [{ kind: "irc", account: "default", enabled: false }];
    expect(plan([], { known: off, written: { channels: { irc: { enabled: false } } } }).edits).to.deep.equal([
      ["channels.irc.enabled", true],
    ]);
  });

  it("keeps the account that was there when another one comes", () => {
    expect(plan([], { known, account: "work" }).edits).to.deep.equal([
      ["channels.irc.accounts.default.enabled", true],
      ["channels.irc.accounts.work.enabled", true],
    ]);
  });
});
