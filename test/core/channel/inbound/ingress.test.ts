/** What came in is listed, shown, and handled again when it failed. */

import { expect } from "chai";
import { Ingress_Outcome as Outcome } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { expectFailure } from "../../../support/expect-failure.ts";
import { type InboundKit, InboundKits } from "../../../support/inbound-kit.ts";
import { hangs } from "../../../support/scripted-model.ts";

describe("inbound messages", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  const list = async (kit: InboundKit, filter = "", parent = "channels/-") => {
    const { ingress } = await kit.core.client.ingress.listIngress({ parent, filter });
    return ingress.map(({ message }) => message?.platformId);
  };

  it("are listed newest first, by channel, outcome, conversation, run and message", async () => {
    const kit = await kits.open();
    const first = await kit.answered(await kit.receive({ platformId: "1" }));
    await kit.receive({ platformId: "2", text: "/status", address: "#x" });
    await kit.receive({ platformId: "3", text: "" });
    expect(await list(kit)).to.deep.equal(["3", "2", "1"]);
    expect(await list(kit, "", "channels/other")).to.deep.equal([]);
    expect(await list(kit, "outcome = SUPPRESSED")).to.deep.equal(["3"]);
    expect(await list(kit, "conversation = channels/fake/conversations/~23x AND outcome = COMMAND")).to.deep.equal([
      "2",
    ]);
    expect(await list(kit, `run = ${first.run}`)).to.deep.equal(["1"]);
    expect(await list(kit, `message = ${first.transcriptMessage}`)).to.deep.equal(["1"]);
  });

  it("are listed page by page", async () => {
    const kit = await kits.open();
    for (let count = 0; count < 5; count++) await kit.receive({ text: "" });
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await kit.core.client.ingress.listIngress({ parent: "channels/fake", pageSize: 2, pageToken });
      seen.push(...page.ingress.map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(new Set(seen).size).to.equal(5);
  });

  it("are shown by name", async () => {
    const kit = await kits.open();
    const kept = await kit.receive();
    const { ingress } = await kit.core.client.ingress.getIngress({ name: kept.name });
    expect(ingress).to.deep.equal(kept);
    await expectFailure(kit.core.client.ingress.getIngress({ name: `${kept.name}X` }), "NOT_FOUND");
    await expectFailure(kit.core.client.ingress.getIngress({ name: "sessions/main" }), "FIELD_INVALID");
  });

  describe("that failed", () => {
    const fail = async (kit: InboundKit) => {
      kit.core.model.script(hangs());
      const { run } = await kit.receive({ text: "first" });
      await kit.receive({ text: "second" });
      const failed = await kit.receive({ text: "third" });
      expect(failed.outcome).to.equal(Outcome.FAILED);
      return { run, failed };
    };
    const open = () => kits.open({ core: { settings: { queue: { mode: "followUp", cap: 1 } } } });

    it("are handled again when somebody asks, and answered", async () => {
      const kit = await open();
      const { run, failed } = await fail(kit);
      await kit.core.client.runs.cancelRun({ name: run, drainQueue: true });
      const { ingress } = await kit.core.client.ingress.resubmitIngress({ name: failed.name });
      expect(ingress).to.include({ name: failed.name, outcome: Outcome.ACCEPTED, rule: "dmPolicy=open", attempts: 2 });
      await kit.core.ended(ingress?.run ?? "");
      expect((await kit.texts()).slice(-2)).to.deep.equal(["third", "done"]);
    });

    it("are handled once, however often somebody asks", async () => {
      const kit = await open();
      const { run, failed } = await fail(kit);
      await kit.core.client.runs.cancelRun({ name: run, drainQueue: true });
      const first = await kit.core.client.ingress.resubmitIngress({ name: failed.name });
      const again = await kit.core.client.ingress.resubmitIngress({ name: failed.name });
      expect(again.ingress).to.deep.equal(first.ingress);
    });

    it("stay as they are when they fail again", async () => {
      const kit = await open();
      const { failed } = await fail(kit);
      await expectFailure(kit.core.client.ingress.resubmitIngress({ name: failed.name }), "QUEUE_FULL");
      const { ingress } = await kit.core.client.ingress.getIngress({ name: failed.name });
      expect(ingress).to.deep.equal(failed);
    });

    it("are not handled again by the network's bringing them again", async () => {
      const kit = await open();
      const { run, failed } = await fail(kit);
      await kit.core.client.runs.cancelRun({ name: run, drainQueue: true });
      expect(await kit.receive({ platformId: failed.message?.platformId ?? "" })).to.deep.equal(failed);
    });
  });

  it("that did not fail are not handled again", async () => {
    const kit = await kits.open();
    const kept = await kit.receive({ text: "" });
    await expectFailure(kit.core.client.ingress.resubmitIngress({ name: kept.name }), "PROTECTED");
  });
});
