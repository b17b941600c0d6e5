import { expect } from "chai";
import { type Finding, Finding_Severity as Severity } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import { DeliveriesCheck } from "../../../src/core/care/deliveries-check.ts";
import { UnsentError } from "../../../src/core/channel/network.ts";
import { OutboxKit, room, say } from "../../support/outbox-kit.ts";

describe("the check of deliveries", () => {
  let kit: OutboxKit;
  beforeEach(async () => {
    kit = new OutboxKit();
    await kit.start();
    kit.lines.set(kit.connection);
  });
  afterEach(() => kit.close());

  const look = (): Promise<Finding[]> => new DeliveriesCheck(kit.files.store, kit.clock).run();
  const refused = async (): Promise<never> => {
    throw new UnsentError("we were banned", { permanent: true });
  };
  const lost = async (): Promise<never> => {
    throw new Error("the line broke");
  };

  it("is content while everything leaves", async () => {
    await kit.queue(room("a"), [say("hello")]);
    await kit.settled();
    expect(await look()).to.deep.equal([]);
  });

  it("counts what failed and what is unclear, with the latest reason and the command to look", async () => {
    kit.connection.script.push(refused, refused, lost);
    for (const id of ["a", "b", "c"]) {
      await kit.queue(room(id), [say("hello")]);
      await kit.settled();
    }
    const [failed, ambiguous, ...more] = await look();
    expect(more).to.deep.equal([]);
    expect(failed).to.include({ subject: "channels/fake", severity: Severity.INFO });
    expect(failed?.reason).to.match(/^2 deliveries could not be sent in the last 7 days, .*we were banned/);
    expect(failed?.fix).to.contain("openclaw deliveries list fake --state failed");
    expect(ambiguous?.reason).to.match(/^1 delivery may or may not have been sent/);
    expect(ambiguous?.fix).to.contain("openclaw deliveries list fake --state ambiguous");
  });

  it("forgets what is long over", async () => {
    kit.connection.script.push(refused);
    await kit.queue(room("a"), [say("hello")]);
    await kit.settled();
    kit.clock.advance(8 * 86_400_000);
    expect(await look()).to.deep.equal([]);
  });
});
