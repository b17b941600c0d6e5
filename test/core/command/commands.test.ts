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

  it("that names another program is not for us where others hear it", async () => {
    const kit = await open({ channel: { access: { groupPolicy: "open", allowFrom: ["*"], requireMention: false } } });
    const other = { text: "/whoami@other_bot" };
    expect(await kit.receiveInRoom(other)).to.include({ outcome: Outcome.ACCEPTED });
    expect(await kit.receiveInRoom({ ...other, mentionsUs: true })).to.include({ outcome: Outcome.COMMAND });
    expect(await kit.receive(other)).to.include({ outcome: Outcome.COMMAND });
  });

  describe("inside a message", () => {
    it("is carried out, and the rest is answered", async () => {
      const kit = await open();
      const ingress = await kit.answered(await kit.receive({ text: "good morning /whoami to you" }));
      expect(ingress).to.include({
        outcome: Outcome.ACCEPTED,
        rule: "/whoami",
        reason: "/whoami was carried out first",
      });
      expect(await told(kit)).to.contain("my owner");
      expect(await kit.texts()).to.deep.equal(["good morning to you", "done"]);
    });

    it("is text in code, and from a sender who may use none", async () => {
      const kit = await open({ messaging: { commands: { ...owner.commands, allowFrom: {} } } });
      await kit.answered(await kit.receive({ text: "what does `/status` do?" }));
      await kit.answered(await kit.receive({ text: "and /status here", senderAddress: "ann" }));
      expect(await kit.replies()).to.deep.equal([]);
      expect(await kit.texts()).to.deep.equal(["what does `/status` do?", "done", "and /status here", "done"]);
    });

    it("/think and /queue hold for that message alone", async () => {
      const kit = await open();
      kit.core.model.script(hangs());
      const { run: first } = await kit.receive({ text: "work" });
      const { run: second } = await kit.answered(await kit.receive({ text: "/queue interrupt /think high do that" }));
      expect((await kit.core.ended(first)).state).to.equal(State.CANCELLED);
      const { run } = await kit.core.client.runs.getRun({ name: second });
      expect(run?.settings?.thinking).to.equal("high");
      expect((await kit.texts()).slice(-2)).to.deep.equal(["do that", "done"]);
      const { chat, settings } = await session(kit);
      expect([chat?.queueMode, settings?.thinking]).to.deep.equal([undefined, undefined]);
    });

    it("/model is kept for the session", async () => {
      const kit = await open();
      await kit.answered(await kit.receive({ text: "please /model test/one answer me" }));
      expect((await session(kit)).settings?.model).to.equal("test/one");
      expect(await kit.texts()).to.deep.equal(["please answer me", "done"]);
    });
  });

  it("/think alone is kept for the session until it is told otherwise", async () => {
    const kit = await open();
    await kit.receive({ text: "/think high" });
    expect((await session(kit)).settings?.thinking).to.equal("high");
    await kit.receive({ text: "/t default" });
    expect((await session(kit)).settings?.thinking).to.equal(undefined);
    await kit.receive({ text: "/think hard" });
    expect(await told(kit)).to.contain("Choose off, minimal, low, medium, high or default.");
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

  it("/reset soft stops what is going on and keeps the transcript", async () => {
    const kit = await open();
    await kit.answered(await kit.receive({ text: "before" }));
    kit.core.model.script(hangs());
    const { run } = await kit.receive({ text: "work" });
    await kit.answered(await kit.receive({ text: "/reset soft and now?" }));
    expect((await kit.core.ended(run)).state).to.equal(State.CANCELLED);
    expect(await session(kit)).to.include({ generation: 1 });
    expect(await kit.texts()).to.deep.equal(["before", "done", "work", "and now?", "done"]);
    await kit.receive({ text: "/reset soft" });
    expect(await told(kit)).to.equal("I begin again; what we said is kept.");
  });

  it("may be a word of the configuration for starting afresh", async () => {
    const kit = await open({ messaging: { ...owner, resetTriggers: ["new chat"] } });
    await kit.answered(await kit.receive({ text: "before" }));
    await kit.answered(await kit.receive({ text: "new chatter" }));
    expect((await session(kit)).generation).to.equal(1);
    const ingress = await kit.answered(await kit.receive({ text: "New chat good morning" }));
    expect(ingress).to.include({ rule: "/new", reason: "the session was begun anew first" });
    expect(await kit.texts()).to.deep.equal(["good morning", "done"]);
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

  it("/queue says so when it does not know a word, whatever the word", async () => {
    const kit = await open();
    for (const word of ["faster", "constructor", "__proto__"]) {
      expect(await kit.receive({ text: `/queue ${word}` })).to.include({ outcome: Outcome.COMMAND });
      expect(await told(kit)).to.contain(`I do not know "${word}"`);
    }
  });

  it("/queue decides what the next messages do", async () => {
    const kit = await open();
    await kit.receive({ text: "/queue followup" });
    kit.core.model.script(hangs());
    const [first, second] = [await kit.receive({ text: "one" }), await kit.receive({ text: "two" })];
    expect(second.run).not.to.equal(first.run);
  });

  it("/queue takes a debounce and a cap, which the queue then keeps to", async () => {
    const kit = await open();
    await kit.receive({ text: "/queue followup debounce:2s cap:1" });
    expect((await session(kit)).chat).to.include({ queueMode: "follow_up", queueDebounceMs: 2_000, queueCap: 1 });
    expect(await told(kit)).to.contain("(followup); debounce 2000 ms, at most 1 wait");
    kit.core.model.script(hangs());
    for (const text of ["one", "two"]) await kit.receive({ text });
    const refused = await kit.receive({ text: "three" });
    expect(refused).to.include({ outcome: Outcome.FAILED, rule: "QUEUE_FULL" });
    await kit.receive({ text: "/queue default" });
    const { chat } = await session(kit);
    expect([chat?.queueMode, chat?.queueDebounceMs, chat?.queueCap]).to.deep.equal([undefined, undefined, undefined]);
  });

  it("/queue has the last word over what the configuration says of the network", async () => {
    const kit = await open({ messaging: { ...owner, queueModeByChannel: { fake: "followUp" } } });
    kit.core.model.script(hangs());
    const runs: string[] = [];
    for (const text of ["one", "two"]) runs.push((await kit.receive({ text })).run);
    expect(runs[1]).not.to.equal(runs[0]);
    await kit.receive({ text: "/status" });
    expect(await told(kit)).to.contain("queue followUp");
    await kit.receive({ text: "/queue steer" });
    expect((await kit.receive({ text: "three" })).run).to.equal(runs[0]);
  });

  it("/queue says what is wrong with its words, and changes nothing then", async () => {
    const kit = await open();
    for (const text of ["/queue sometimes", "/queue cap:0", "/queue debounce:1h", "/queue collect drop:old"]) {
      await kit.receive({ text });
    }
    const replies = await kit.replies();
    expect(replies[0]).to.contain('I do not know "sometimes"');
    expect(replies[1]).to.contain("1 to 1000");
    expect(replies[2]).to.contain("up to 10m");
    expect(replies[3]).to.contain("I drop nothing");
    expect((await session(kit)).chat?.queueMode).to.equal(undefined);
  });

  it("/usage alone goes from off to tokens to full and begins again", async () => {
    const kit = await open();
    for (const usage of ["tokens", "full", "off"]) {
      await kit.receive({ text: "/usage" });
      expect((await session(kit)).chat?.usage).to.equal(usage);
    }
  });

  it("/usage cost tells what the session has used since it began", async () => {
    const kit = await open();
    await kit.answered(await kit.receive({ text: "before" }));
    await kit.receive({ text: "/usage cost" });
    expect(await told(kit)).to.match(
      /^Since this session began:\ntest\/one: 1 run, \d+ tokens in \(\d+ cached\), \d+ out$/,
    );
    await kit.receive({ text: "/new" });
    await kit.receive({ text: "/usage cost" });
    expect(await told(kit)).to.equal("Nothing was used since this session began.");
  });

  it("/usage cost tells dollars where the configuration says what the model costs", async () => {
    const kit = await open();
    kit.core.model.price = { input: 1_000, output: 10_000, cached: 100 };
    for (const text of ["one", "two"]) await kit.answered(await kit.receive({ text }));
    await kit.receive({ text: "/usage cost" });
    expect(await told(kit)).to.contain("test/one: 2 runs, 20 tokens in (4 cached), 10 out, about $0.12");
  });

  it("/model chooses by the number it is listed with", async () => {
    const kit = await open();
    await kit.receive({ text: "/model" });
    expect(await told(kit)).to.contain("1. test/one");
    await kit.receive({ text: "/model 1" });
    expect((await session(kit)).settings?.model).to.equal("test/one");
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
