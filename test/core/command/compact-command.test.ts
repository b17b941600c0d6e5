/** The command /compact. */

import { expect } from "chai";
import { Ingress_Outcome as Outcome } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { type InboundKit, InboundKits } from "../../support/inbound-kit.ts";
import { hangs, readRequest, says } from "../../support/scripted-model.ts";

describe("/compact", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  const open = () =>
    kits.open({
      messaging: { commands: { text: true, allowFrom: undefined, ownerAllowFrom: ["mia"], restart: true } },
    });
  const told = async (kit: InboundKit) => (await kit.replies()).at(-1);

  async function talk(kit: InboundKit, turns: number): Promise<void> {
    for (let turn = 1; turn <= turns; turn++) await kit.answered(await kit.receive({ text: `q${turn}` }));
  }

  async function newestRun(kit: InboundKit): Promise<string> {
    const { runs } = await kit.core.client.runs.listRuns({ parent: "sessions/main", filter: "trigger = SYSTEM" });
    return runs[0]?.name ?? "";
  }

  it("sums up what was said, and says nothing of it in the conversation but that it does", async () => {
    const kit = await open();
    await talk(kit, 5);
    kit.core.model.script(says("They counted."));
    expect(await kit.receive({ text: "/compact" })).to.include({ outcome: Outcome.COMMAND });
    expect((await kit.core.ended(await newestRun(kit))).state).to.equal(State.SUCCEEDED);
    expect(await told(kit)).to.match(/^I sum up what we said/);
    await kit.answered(await kit.receive({ text: "on" }));
    expect(readRequest(kit.core.model.requests.at(-1)!)[0]).to.contain("They counted.");
    expect((await kit.replies()).join("\n")).not.to.contain("They counted.");
  });

  it("gives the words behind it to the model as a wish between marks, and the marks of senders stay", async () => {
    const kit = await open();
    await talk(kit, 5);
    await kit.receive({ text: "/compact keep the numbers" });
    await kit.core.ended(await newestRun(kit));
    const request = kit.core.model.requests.at(-1)!;
    const [asked = ""] = readRequest(request);
    expect(asked).to.match(/<wish id="(\w+)">\nkeep the numbers\n<\/wish id="\1">/);
    expect(asked).to.match(/ {2}<message id="\w+" from="Mia \(mia\)" in="direct" owner="yes">\n {2}q1\n {2}<\/message/);
    expect(request.instructions).not.to.contain("keep the numbers");
  });

  it("waits for what is going on", async () => {
    const kit = await open();
    await talk(kit, 4);
    kit.core.model.script(hangs());
    await kit.receive({ text: "work" });
    await kit.receive({ text: "/compact" });
    expect(await told(kit)).to.match(/^When I am done with this, I sum up/);
    await kit.receive({ text: "/stop" });
    expect((await kit.core.ended(await newestRun(kit))).state).to.equal(State.CANCELLED);
  });

  it("has nothing to do in a session that is empty", async () => {
    const kit = await open();
    await kit.receive({ text: "/compact" });
    expect(await told(kit)).to.equal("There is nothing to sum up yet.");
    expect(await newestRun(kit)).to.equal("");
  });
});
