/** A message from a channel becomes a run in a session, once, whatever happens. */

import { toJson } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { IngressSchema, Ingress_Outcome as Outcome } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { Run_State as State, Run_Trigger as Trigger } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import { Session_Kind as SessionKind } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import { expectFailure } from "../../../support/expect-failure.ts";
import { InboundKits } from "../../../support/inbound-kit.ts";
import { hangs, readRequest, says } from "../../../support/scripted-model.ts";

const conversation = "channels/fake/conversations/mia";

describe("a message from a channel", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  it("becomes a run whose answer goes back to where it came from", async () => {
    const kit = await kits.open();
    const ingress = await kit.receive({ platformId: "42" });
    expect(ingress).to.include({ outcome: Outcome.ACCEPTED, conversation, session: "sessions/main", route: "default" });
    const { run } = await kit.core.client.runs.getRun({ name: ingress.run });
    expect(run).to.include({
      trigger: Trigger.CHANNEL,
      deliverTo: conversation,
      creator: "channels/fake/senders/mia",
    });
    expect((await kit.core.ended(ingress.run)).state).to.equal(State.SUCCEEDED);
  });

  it("is of no time at all when it says one of no calendar: what is listed can be written as JSON", async () => {
    const kit = await kits.open();
    for (const seconds of [9_007_199_254_740n, -8_640_000_000_000n]) {
      const ingress = await kit.receive({ time: { seconds } });
      expect(ingress.outcome).to.equal(Outcome.ACCEPTED);
      expect(toJson(IngressSchema, ingress)).to.have.nested.property("message.text", "hello");
    }
  });

  it("is kept with its sender, its conversation and what the channel told about it", async () => {
    const kit = await kits.open();
    const ingress = await kit.receive({ platformId: "42", replyText: "earlier" });
    const { message } = await kit.core.client.sessions.getMessage({ name: ingress.transcriptMessage });
    expect(message).to.include({ sender: "channels/fake/senders/mia", conversation });
    expect(message?.origin).to.include({
      senderTitle: "Mia",
      platformId: "42",
      replyText: "earlier",
      kind: Kind.DIRECT,
    });
  });

  it("that comes again changes nothing and is answered as before", async () => {
    const kit = await kits.open();
    const first = await kit.answered(await kit.receive({ platformId: "42" }));
    const again = await kit.receive({ platformId: "42", text: "hello, but redelivered" });
    expect(again).to.deep.equal(first);
    expect(await kit.texts()).to.deep.equal(["hello", "done"]);
  });

  it("that comes again after a restart is still known", async () => {
    const kit = await kits.open();
    const first = await kit.answered(await kit.receive({ platformId: "42" }));
    await kit.core.restart();
    expect((await kit.receive({ platformId: "42" })).name).to.equal(first.name);
    expect(await kit.texts()).to.have.length(2);
  });

  it("with the id of another conversation's message is another message", async () => {
    const kit = await kits.open();
    const first = await kit.receive({ platformId: "42" });
    const other = await kit.receive({ platformId: "42", address: "ann", senderAddress: "ann" });
    expect(other.name).not.to.equal(first.name);
  });

  it("keeps the cursor together with itself, also when it comes again", async () => {
    const kit = await kits.open();
    const cursor = () =>
      kit.core.store.read(async ({ channels }) => (await channels.find("channels/fake"))?.backfillCursor);
    await kit.receive({ platformId: "1" }, "at 1");
    expect(await cursor()).to.equal("at 1");
    await kit.receive({ platformId: "1" }, "at 2");
    expect(await cursor()).to.equal("at 2");
    await kit.receive({ platformId: "3" });
    expect(await cursor()).to.equal("at 2");
  });

  it("is told in an event, with what became of it", async () => {
    const kit = await kits.open();
    const { cursor } = await kit.core.client.gateway.getGateway({});
    const ingress = await kit.receive();
    const { events } = await kit.core.client.events.listEvents({ cursor, subjects: [ingress.name] });
    expect(events.map(({ actor, resource }) => [actor, resource.value])).to.deep.equal([
      ["channels/fake/senders/mia", ingress],
    ]);
  });

  it("is answered in the order of its conversation: a later one waits for the run of an earlier one", async () => {
    const kit = await kits.open({ core: { settings: { queue: { mode: "followUp" } } } });
    const received = await Promise.all(["a", "b", "c", "d"].map((text) => kit.receive({ text })));
    for (const ingress of received) await kit.core.ended(ingress.run);
    expect((await kit.texts()).filter((text) => text !== "done")).to.deep.equal(["a", "b", "c", "d"]);
  });

  it("remembers the conversation, with its title and session", async () => {
    const kit = await kits.open({ messaging: { dmScope: "per-channel-peer" } });
    const { session } = await kit.receive();
    const { conversations } = await kit.core.core.addressBook.listConversations({
      parent: "channels/fake",
      pageSize: 10,
      pageToken: "",
      query: "mia",
    });
    expect(conversations[0]).to.include({
      name: conversation,
      address: "mia",
      title: "Mia",
      session,
      kind: Kind.DIRECT,
    });
  });

  it("makes the session it belongs to", async () => {
    const kit = await kits.open({ messaging: { dmScope: "per-channel-peer" } });
    await kit.receive();
    const { session } = await kit.core.client.sessions.getSession({ name: "sessions/agent:main:fake:direct:mia" });
    expect(session).to.include({ kind: SessionKind.DIRECT, title: "Mia", agent: "agents/main" });
  });

  it("in a thread remembers the group it belongs to", async () => {
    const kit = await kits.open();
    await kit.receive({ address: "t1", kind: Kind.THREAD, parentAddress: "#room" });
    const thread = await kit.core.store.read(({ conversations }) =>
      conversations.find("channels/fake/conversations/t1"),
    );
    expect(thread?.parent).to.equal("channels/fake/conversations/~23room");
    const group = await kit.core.store.read(({ conversations }) => conversations.find(thread?.parent ?? ""));
    expect(group).to.include({ address: "#room", kind: Kind.GROUP });
  });

  it("waits for a run of its own while the session answers another conversation", async () => {
    const kit = await kits.open();
    kit.core.model.script(hangs());
    const first = await kit.receive({ text: "first" });
    const other = await kit.receive({ text: "second", address: "ann", senderAddress: "ann" });
    const same = await kit.receive({ text: "third" });
    expect(other.run).not.to.equal(first.run);
    expect(same.run).to.equal(first.run);
  });

  it("that breaks in where another conversation is answered waits as well", async () => {
    const kit = await kits.open({ core: { settings: { queue: { mode: "interrupt" } } } });
    kit.core.model.script(hangs());
    const first = await kit.receive({ text: "first" });
    await kit.receive({ text: "second", address: "ann", senderAddress: "ann" });
    const { run } = await kit.core.client.runs.getRun({ name: first.run });
    expect(run?.state).to.equal(State.RUNNING);
  });

  it("is kept as failed when its session's queue is full, and is not lost", async () => {
    const kit = await kits.open({ core: { settings: { queue: { mode: "followUp", cap: 1 } } } });
    kit.core.model.script(hangs());
    await kit.receive();
    await kit.receive();
    const third = await kit.receive({ text: "one too many" });
    expect(third).to.include({ outcome: Outcome.FAILED, rule: "QUEUE_FULL", run: "" });
    expect(third.message?.text).to.equal("one too many");
  });

  it("that is edited starts no run and leaves the transcript as it is", async () => {
    const kit = await kits.open();
    await kit.answered(await kit.receive({ platformId: "42" }));
    const edit = await kit.receive({ platformId: "42", text: "hello!", edited: true });
    expect(edit).to.include({ outcome: Outcome.SUPPRESSED, rule: "edit" });
    expect((await kit.receive({ platformId: "42", text: "hello!", edited: true })).name).to.equal(edit.name);
    expect(await kit.texts()).to.deep.equal(["hello", "done"]);
  });

  it("that says nothing is not answered", async () => {
    const kit = await kits.open();
    expect(await kit.receive({ text: " " })).to.include({ outcome: Outcome.SUPPRESSED, rule: "empty" });
  });

  it("with broken Unicode is kept well-formed", async () => {
    const kit = await kits.open();
    const ingress = await kit.receive({ text: "a\ud800b" });
    expect(ingress.message?.text).to.equal("a\ufffdb");
  });

  for (const [what, brought, field] of [
    ["an id", { platformId: "" }, "message.platform_id"],
    ["an address", { address: "" }, "message.address"],
    ["a sender", { senderAddress: "" }, "message.sender_address"],
    ["a kind", { kind: Kind.UNSPECIFIED }, "message.kind"],
  ] as const) {
    it(`without ${what} is refused and not kept`, async () => {
      const kit = await kits.open();
      const error = await kit.receive(brought).catch((thrown: unknown) => thrown);
      expect(error).to.have.nested.property("violations[0].field", field);
      expect(await kit.core.store.read(({ ingress }) => ingress.list({ limit: 9 }))).to.deep.equal([]);
    });
  }

  it("waits for more from the same sender where the channel collects, and all is answered at once", async () => {
    const kit = await kits.open({ channel: { debounceMs: 60 } });
    const received = [await kit.receive({ text: "one" }), await kit.receive({ text: "two" })];
    expect(received[0]?.run).to.equal(received[1]?.run);
    await kit.answered(received[0] ?? expect.fail());
    expect(await kit.texts()).to.deep.equal(["one", "two", "done"]);
  });

  it("does not wait together with what another sender wrote", async () => {
    const kit = await kits.open({ channel: { debounceMs: 40 } });
    const [first, second] = [await kit.receiveInRoom(), await kit.receiveInRoom({ senderAddress: "ann" })];
    expect(second.run).not.to.equal(first.run);
  });
});

describe("an answer to a conversation that a client asks for", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  it("is noted in the run, and the conversation is known from then on", async () => {
    const kit = await kits.open();
    kit.core.model.script(says("hi"));
    const run = await kit.core.ask("hello", { deliverTo: "channels/fake/conversations/~23room" });
    expect(run.deliverTo).to.equal("channels/fake/conversations/~23room");
    const known = await kit.core.store.read(({ conversations }) => conversations.find(run.deliverTo));
    expect(known?.address).to.equal("#room");
    expect(readRequest(kit.core.model.requests[0] ?? expect.fail())).to.deep.equal(["USER hello"]);
  });

  it("is refused for a channel nobody has configured", async () => {
    const kit = await kits.open();
    const error = await expectFailure(
      kit.core.send("hello", { deliverTo: "channels/other/conversations/x" }),
      "NOT_FOUND",
    );
    expect(error.metadata.name).to.equal("channels/other");
  });

  it("is refused for what is no conversation", async () => {
    const kit = await kits.open();
    await expectFailure(kit.core.send("hello", { deliverTo: "channels/fake" }), "FIELD_INVALID");
  });
});
