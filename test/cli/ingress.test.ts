import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../gen/openclaw/gateway/v1/channel_pb.ts";
import { InboundMessageSchema } from "../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { channelSettings } from "../support/channel-settings.ts";
import { startCore } from "../support/core-process.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { callCli, readCli } from "../support/run-cli.ts";
import { hangs, ScriptedModel } from "../support/scripted-model.ts";

interface Listed {
  readonly ingress: readonly { readonly name: string; readonly outcome: string; readonly message: { text: string } }[];
}

describe("openclaw ingress", () => {
  let gateway: GatewayProcess;
  const cli = (...words: string[]) => callCli(gateway, ["ingress", ...words]);
  const list = async (...words: string[]) => (await readCli<Listed>(gateway, "ingress", "list", ...words)).ingress;

  before(async () => {
    const home = await mkdtemp(join(tmpdir(), "openclaw-ingress-"));
    await bring(join(home, "state"), ["work", "waits", "one too many", ""]);
    gateway = await startGatewayProcess({ home });
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("list shows what came in, newest first, and why nobody answers it", async () => {
    const { stdout } = await cli("list");
    const rows = stdout.split("\n").filter((line) => line.includes("Mia (mia)"));
    expect(rows).to.have.length(5);
    expect(rows[1]).to.contain("suppressed").and.contain("empty: it says nothing");
    expect(rows[2]).to.contain("failed").and.contain("one too many").and.contain("QUEUE_FULL");
  });

  it("list narrows to an outcome, a channel and a run", async () => {
    expect((await list("--outcome", "failed")).map(({ message }) => message.text)).to.deep.equal(["one too many"]);
    expect(await list("fake")).to.have.length(5);
    expect(await cli("list", "other", "--json")).to.include({ code: 1, stdout: "" });
  });

  it("show tells all about one, by its id", async () => {
    const [failed] = await list("--outcome", "failed");
    const id = failed?.name.split("/").at(-1) ?? "";
    const { stdout } = await cli("show", id);
    expect(stdout).to.contain(failed?.name).and.contain("QUEUE_FULL").and.contain("the queue of sessions/main is full");
  });

  it("list and show tell of a reaction what it is and what it is on", async () => {
    const { stdout } = await cli("list");
    const [row = "", ...more] = stdout.split("\n").filter((line) => line.includes("👍"));
    expect(row).to.contain("👍 to p0").and.contain("reactionNotifications=own");
    expect(more).to.deep.equal([]);
    const [reaction] = await list("--outcome", "suppressed");
    const shown = await cli("show", reaction?.name ?? "");
    expect(shown.stdout)
      .to.match(/reaction +👍 to p0/)
      .and.match(/answers +p0: work/);
  });

  it("resubmit says what stands in the way: the channel is gone, or the message did not fail", async () => {
    const [failed] = await list("--outcome", "failed");
    const [, quiet] = await list("--outcome", "suppressed");
    expect((await cli("resubmit", failed?.name ?? "")).stderr).to.contain("channels/fake does not exist");
    expect((await cli("resubmit", quiet?.name ?? "")).stderr).to.contain("did not fail");
  });
});

/** A gateway that was there before took these in, on a channel that is no longer configured. */
async function bring(stateDir: string, texts: readonly string[]): Promise<void> {
  const model = new ScriptedModel();
  model.script(hangs());
  const queue = { mode: "followUp", cap: 1 } as const;
  const { core, stop } = await startCore(stateDir, systemClock, { models: [model], settings: { queue } });
  const mia = { address: "mia", kind: Kind.DIRECT, senderAddress: "mia", senderTitle: "Mia" };
  for (const [index, text] of texts.entries()) {
    await core.inbound.receive(
      channelSettings(),
      create(InboundMessageSchema, { ...mia, platformId: `p${index}`, text }),
    );
  }
  const reaction = { platformId: "r", replyTo: "p0", reaction: { emoji: "👍" } };
  await core.inbound.receive(channelSettings(), create(InboundMessageSchema, { ...mia, ...reaction }));
  await stop();
}
