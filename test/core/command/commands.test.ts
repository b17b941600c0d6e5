/** What people on channels can tell the gateway itself. */

import { expect } from "chai";
import { Ingress_Outcome as Outcome } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { ModelCatalog } from "../../../src/core/agent/model.ts";
import { chooseModel } from "../../../src/core/command/choose-model.ts";
import { type InboundKit, type InboundKitOptions, InboundKits } from "../../support/inbound-kit.ts";
import { hangs } from "../../support/scripted-model.ts";

const owner = { commands: { text: true, allowFrom: undefined, ownerAllowFrom: ["mia"], restart: true } };

describe("a command", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  const open = (options: InboundKitOptions = {}) => kits.open({ messaging: owner, ...options });
  const session = async (kit: InboundKit, name = "sessions/main") =>
    (await kit.core.client.sessions.getSession({ name })).session ?? expect.fail();
  const told = async (kit: InboundKit) => (await kit.replies()).at(-1);

  it("is carried out and answered, and no model hears of it", async () => {
    const kit = await open();
    const ingress = await kit.receive({ text: "/whoami" });
    expect(ingress).to.include({ outcome: Outcome.COMMAND, rule: "/whoami", run: "", session: "sessions/main" });
    expect(await told(kit))
      .to.contain("Mia (mia)")
      .and.contain("my owner")
      .and.contain("channels/fake/senders/mia");
    expect(await kit.texts()).to.deep.equal([]);
    expect(kit.core.model.requests).to.deep.equal([]);
  });

  it("goes past the queue", async () => {
    const kit = await open();
    kit.core.model.script(hangs());
    await kit.receive({ text: "work" });
    expect(await kit.receive({ text: "/status" })).to.include({ outcome: Outcome.COMMAND });
    expect(await told(kit)).to.contain("at work");
  });

  it("may have a colon, capitals, a bot's name and a mention before it", async () => {
    const kit = await open();
    for (const text of ["/WhoAmI", "/whoami:", "/whoami@claw_bot", "/id", "@claw /whoami", "claw: /whoami"]) {
      expect(await kit.receive({ text, mentionsUs: true }), text).to.include({ outcome: Outcome.COMMAND });
    }
  });

  it("is text when nobody knows it, when it stands inside, and where commands are off", async () => {
    const kit = await open();
    for (const text of ["/nonsense", "say /whoami", "/ whoami", "/whoamix"]) {
      expect(await kit.receive({ text }), text).to.include({ outcome: Outcome.ACCEPTED });
    }
    const off = await open({ messaging: { commands: { ...owner.commands, text: false } } });
    expect(await off.receive({ text: "/whoami" })).to.include({ outcome: Outcome.ACCEPTED });
  });

  it("of a sender who may not use any is passed over in silence", async () => {
    const commands = { ...owner.commands, allowFrom: { other: ["*"] } };
    const kit = await open({ messaging: { commands } });
    const ingress = await kit.receive({ text: "/status", senderAddress: "eve", address: "eve" });
    expect(ingress).to.include({ outcome: Outcome.SUPPRESSED, rule: "commands" });
    expect(await kit.replies()).to.deep.equal([]);
  });

  it("is for those on the list of commands, where there is one, and for the owner", async () => {
    const commands = { ...owner.commands, allowFrom: { fake: ["ann"] } };
    const kit = await open({ messaging: { commands } });
    expect(await kit.receive({ text: "/status", senderAddress: "ann" })).to.include({ outcome: Outcome.COMMAND });
    expect(await kit.receive({ text: "/status" })).to.include({ outcome: Outcome.COMMAND });
  });

  it("in an open group is for those a list names, not for everybody there", async () => {
    const access = { groupPolicy: "open", allowFrom: ["ann"], requireMention: true } as const;
    const kit = await open({ channel: { access }, messaging: {} });
    expect(await kit.receiveInRoom({ text: "/status", senderAddress: "ann" })).to.include({ outcome: Outcome.COMMAND });
    expect(await kit.receiveInRoom({ text: "/status", senderAddress: "eve", mentionsUs: true })).to.include({
      outcome: Outcome.SUPPRESSED,
      rule: "commands",
    });
  });

  it("for the owner is refused to others", async () => {
    const kit = await open();
    await kit.receive({ text: "/send off", senderAddress: "ann" });
    expect(await told(kit)).to.equal("/send is for my owner.");
    expect((await session(kit)).chat?.send).to.equal(undefined);
  });

  it("of a program is text like any other", async () => {
    const access = { allowBots: true, allowFrom: ["*"] };
    const kit = await open({ channel: { access } });
    expect(await kit.receive({ text: "/new", senderIsBot: true })).to.include({ rule: "commands" });
  });

  describe("/new", () => {
    it("begins the session anew; what was going on ends", async () => {
      const kit = await open();
      await kit.answered(await kit.receive({ text: "before" }));
      kit.core.model.script(hangs());
      const { run } = await kit.receive({ text: "work" });
      await kit.receive({ text: "/new" });
      expect(await told(kit)).to.equal("A new session begins.");
      expect(await session(kit)).to.include({ generation: 2, messageCount: 0, activeRun: "" });
      expect((await kit.core.ended(run)).state).to.equal(State.CANCELLED);
      expect((await kit.answered(await kit.receive({ text: "after" }))).outcome).to.equal(Outcome.ACCEPTED);
      expect(await kit.texts()).to.deep.equal(["after", "done"]);
    });

    it("hands on the text behind it as the first message", async () => {
      const kit = await open();
      await kit.answered(await kit.receive({ text: "before" }));
      const ingress = await kit.answered(await kit.receive({ text: "/reset good morning\nto you" }));
      expect(ingress).to.include({ outcome: Outcome.ACCEPTED, rule: "/new" });
      expect(await kit.texts()).to.deep.equal(["good morning\nto you", "done"]);
      expect(await kit.replies()).to.deep.equal([]);
    });
  });

  describe("/stop", () => {
    it("stops the active run and what waits behind it", async () => {
      const kit = await open({ core: { settings: { queue: { mode: "followUp" } } } });
      kit.core.model.script(hangs());
      const runs = [(await kit.receive({ text: "one" })).run, (await kit.receive({ text: "two" })).run];
      await kit.receive({ text: "/stop" });
      for (const run of runs) expect((await kit.core.ended(run)).state).to.equal(State.CANCELLED);
      expect(await told(kit)).to.equal("Stopped.");
    });

    it("is what plain words mean while something is going on, and words otherwise", async () => {
      const kit = await open();
      expect(await kit.answered(await kit.receive({ text: "Stop!" }))).to.include({ outcome: Outcome.ACCEPTED });
      kit.core.model.script(hangs());
      const { run } = await kit.receive({ text: "work" });
      expect(await kit.receive({ text: "Please  stop." })).to.include({ outcome: Outcome.COMMAND, rule: "/stop" });
      expect((await kit.core.ended(run)).state).to.equal(State.CANCELLED);
    });

    it("has nothing to stop when nothing is going on", async () => {
      const kit = await open();
      await kit.receive({ text: "/stop" });
      expect(await told(kit)).to.equal("There is nothing to stop.");
    });
  });

  it("/queue, /usage, /send and /activation change the session until they are told otherwise", async () => {
    const kit = await open({ channel: { access: { groupPolicy: "open", allowFrom: ["*"] } } });
    const name = "sessions/agent:main:fake:group:~23room";
    const say = (text: string) => kit.receiveInRoom({ text });
    for (const text of ["/queue followup", "/usage full", "/send off", "/activation mention"]) await say(text);
    const chosen = { queueMode: "follow_up", usage: "full", send: "off", activation: "mention" };
    expect((await session(kit, name)).chat).to.include(chosen);
    expect(await say("is anybody there?")).to.include({ outcome: Outcome.CONTEXT });
    for (const text of ["/queue default", "/usage reset", "/send inherit", "/activation default"]) await say(text);
    const { chat } = await session(kit, name);
    expect([chat?.queueMode, chat?.usage, chat?.send, chat?.activation]).to.deep.equal(Array(4).fill(undefined));
  });

  it("/queue decides what the next messages do", async () => {
    const kit = await open();
    await kit.receive({ text: "/queue followup" });
    kit.core.model.script(hangs());
    const [first, second] = [await kit.receive({ text: "one" }), await kit.receive({ text: "two" })];
    expect(second.run).not.to.equal(first.run);
  });

  it("/send off shows in what becomes of the next message", async () => {
    const kit = await open();
    await kit.receive({ text: "/send off" });
    expect((await kit.receive({ text: "hello" })).reason).to.equal("its answer does not leave: session.send");
  });

  it("/activation is for groups", async () => {
    const kit = await open();
    await kit.receive({ text: "/activation always" });
    expect(await told(kit)).to.equal("/activation is for groups.");
  });

  it("/commands lists what its sender can use where it was asked", async () => {
    const kit = await open();
    await kit.receive({ text: "/commands", senderAddress: "ann" });
    expect(await told(kit))
      .to.contain("/new [model] [message]")
      .and.not.contain("/send");
    await kit.receive({ text: "/commands" });
    expect(await told(kit))
      .to.contain("/send")
      .and.not.contain("/activation");
  });

  it("/model tells and refuses what it does not know", async () => {
    const kit = await open();
    await kit.receive({ text: "/model" });
    expect(await told(kit)).to.contain("test/one (default)");
    await kit.receive({ text: "/model nonsense" });
    expect(await told(kit)).to.contain('no model "nonsense"');
  });

  it("that was carried out is not carried out again when it comes again", async () => {
    const kit = await open();
    await kit.answered(await kit.receive({ text: "before" }));
    await kit.receive({ platformId: "n", text: "/new" });
    await kit.answered(await kit.receive({ text: "after" }));
    await kit.receive({ platformId: "n", text: "/new" });
    expect((await session(kit)).generation).to.equal(2);
    expect(await kit.replies()).to.have.length(1);
  });
});

describe("the model somebody means", () => {
  const model = (reference: string, usable = true) => ({ reference, usable, unusableReason: usable ? "" : "no key" });
  const models = {
    list: () => [
      model("a/big-1"),
      model("a/small-1"),
      model("b/small-2"),
      model("c/small-1", false),
      model("c/x", false),
    ],
  } as unknown as ModelCatalog;
  const find = (typed: string) => chooseModel(models, typed);

  it("is found by its reference, by its id, and by a piece that no other has", () => {
    expect(find("A/Big-1")).to.deep.equal({ reference: "a/big-1" });
    expect(find("small-1")).to.deep.equal({ reference: "a/small-1" });
    expect(find("big")).to.deep.equal({ reference: "a/big-1" });
  });

  it("is asked for again when it could be several, is unknown, or cannot be used", () => {
    expect(find("small")).to.have.property("problem").that.contains("a/small-1, b/small-2");
    expect(find("huge")).to.have.property("problem").that.contains('"huge"');
    expect(find("c/x")).to.have.property("problem").that.contains("no key");
  });
});
