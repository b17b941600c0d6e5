import { expect } from "chai";
import { channelEdits } from "../../../src/config/channels/channel-edits.ts";
import { editText } from "../../../src/config/edit/edit-text.ts";
import { substituteVariables } from "../../../src/config/file/substitute.ts";

const sole = { channels: { irc: { host: "irc.test" } } };
const two = { channels: { irc: { host: "irc.test", accounts: { home: { nick: "a" }, work: { nick: "b" } } } } };

/** What is written afterwards. */
function edited(written: object, wanted: Parameters<typeof channelEdits>[1]): unknown {
  const found = channelEdits(written, wanted);
  if (found === undefined || !("edits" in found)) throw new Error("it is refused");
  return JSON.parse(editText(JSON.stringify(written), found.edits));
}

function refusal(written: object, wanted: Parameters<typeof channelEdits>[1]): string {
  const found = channelEdits(written, wanted);
  return found !== undefined && "refusal" in found ? found.refusal : "";
}

describe("the edits that change a channel", () => {
  it("are of the channel itself where it has no accounts", () => {
    const wanted = { kind: "irc", account: "default", enabled: false, title: "home" };
    expect(edited(sole, wanted)).to.deep.equal({
      channels: { irc: { host: "irc.test", enabled: false, name: "home" } },
    });
  });

  it("are of the account alone where there are others", () => {
    const wanted = { kind: "irc", account: "work", enabled: false, title: "office" };
    expect(edited(two, wanted)).to.deep.equal({
      channels: {
        irc: {
          host: "irc.test",
          accounts: { home: { nick: "a" }, work: { nick: "b", enabled: false, name: "office" } },
        },
      },
    });
  });

  it("give an account of its own to a default one that is the channel itself, beside others", () => {
    const written = { channels: { irc: { defaultAccount: "main", accounts: { work: {} } } } };
    expect(edited(written, { kind: "irc", account: "main", enabled: false })).to.deep.equal({
      channels: { irc: { defaultAccount: "main", accounts: { work: {}, main: { enabled: false } } } },
    });
  });

  it("are none where it is so already", () => {
    expect(channelEdits(sole, { kind: "irc", account: "default", enabled: true, title: "" })).to.deep.equal({
      edits: [],
    });
    expect(channelEdits(sole, { kind: "irc", account: "default" })).to.deep.equal({ edits: [] });
  });

  it("take a name away when the title is empty", () => {
    const written = { channels: { irc: { name: "home", nick: "a" } } };
    expect(edited(written, { kind: "irc", account: "default", title: "" })).to.deep.equal({
      channels: { irc: { nick: "a" } },
    });
  });

  it("enable what is disabled above it when that counts for nobody else", () => {
    const written = { channels: { irc: { enabled: false, accounts: { work: { enabled: false } } } } };
    expect(edited(written, { kind: "irc", account: "work", enabled: true })).to.deep.equal({
      channels: { irc: { enabled: true, accounts: { work: { enabled: true } } } },
    });
  });

  it("enable no other account on the way", () => {
    const listed = { channels: { irc: { enabled: false, accounts: { home: {}, work: {} } } } };
    expect(refusal(listed, { kind: "irc", account: "work", enabled: true })).to.contain(
      "channels.irc.enabled is false",
    );
    const beside = { channels: { irc: { enabled: false, defaultAccount: "main", accounts: { work: {} } } } };
    expect(refusal(beside, { kind: "irc", account: "work", enabled: true })).to.contain(
      "channels.irc.enabled is false",
    );
  });

  it("disable an account also where all are disabled", () => {
    const written = { channels: { irc: { enabled: false, accounts: { home: {}, work: {} } } } };
    expect(edited(written, { kind: "irc", account: "work", enabled: false })).to.deep.equal({
      channels: { irc: { enabled: false, accounts: { home: {}, work: { enabled: false } } } },
    });
  });

  it("leave a name alone that is a variable", () => {
    const written = { channels: { irc: { name: "${IRC_TITLE}" } } };
    expect(refusal(written, { kind: "irc", account: "default", title: "home" })).to.contain("${IRC_TITLE}");
  });

  it("keep a title as it was said when it looks like a variable", () => {
    for (const title of ["${HOME}", "$${HOME} and ${HOME}", "costs $5 {really}"]) {
      const { value } = substituteVariables(edited(sole, { kind: "irc", account: "default", title }), {
        HOME: "/root",
      });
      expect(value).to.have.nested.property("channels.irc.name", title);
    }
  });

  it("take back a title that looks like a variable", () => {
    const written = edited(sole, { kind: "irc", account: "default", title: "${HOME}" }) as object;
    expect(edited(written, { kind: "irc", account: "default", title: "" })).to.deep.equal(sole);
  });

  it("are undefined for what is not configured", () => {
    expect(channelEdits(undefined, { kind: "irc", account: "default", enabled: true })).to.equal(undefined);
    expect(channelEdits(sole, { kind: "telegram", account: "default", enabled: true })).to.equal(undefined);
    expect(channelEdits(two, { kind: "irc", account: "other", enabled: true })).to.equal(undefined);
  });
});
