/** What mail has of its own: threads, senders nobody vouches for, files, copies. */

import { expect } from "chai";
import { emailNetwork } from "../../../src/channels/email/email-network.ts";
import { RecordingHost } from "../../support/recording-host.ts";
import { eventually, until } from "../../support/until.ts";
import { ChannelKit } from "../contract/channel-kit.ts";
import { EmailWorld } from "./email-world.ts";

describe("email", function () {
  this.timeout(60_000);
  let world: EmailWorld;
  let kit: ChannelKit | undefined;

  beforeEach(async function () {
    world = new EmailWorld();
    if (world.missing !== undefined) return this.skip();
    await world.start();
  });
  afterEach(async () => {
    await kit?.close();
    kit = undefined;
    if (world.missing === undefined) await world.stop();
  });

  async function start(changes: Readonly<Record<string, unknown>> = {}): Promise<ChannelKit> {
    kit = new ChannelKit(world, changes);
    await kit.start();
    return kit;
  }

  it("answers in the thread of the mail, and says that a program did", async () => {
    const { told } = await started();
    await world.write({ text: "hello", headers: { Subject: "Plans" } });
    await told(1);
    const [answer] = world.outgoing.taken;
    expect(answer?.subject).to.equal("Re: Plans");
    expect(answer?.inReplyTo).to.equal("<mia-1@example.org>");
    expect(answer?.source).to.match(/^Auto-Submitted: auto-replied\r$/m);
  });

  it("keeps a copy of what it sent in the Sent folder", async () => {
    const { told, settled } = await started();
    await world.say("hello");
    await told(1);
    await settled();
    expect((await world.mailbox.sent()).join()).to.contain(world.outgoing.taken[0]?.id);
  });

  it("does not answer a mail that a program wrote", async () => {
    const { told } = await started();
    await world.write({ text: "I am away", headers: { "Auto-Submitted": "auto-replied" } });
    await world.say("really me");
    expect(await told(1)).to.have.length(1);
    expect(world.outgoing.taken[0]?.text).to.contain("really me");
  });

  it("does not answer a mail whose sender the mail server does not vouch for", async () => {
    const { told } = await started({ authservId: "mx.example.net" });
    await world.write({ text: "forged" });
    const proof = { "Authentication-Results": "mx.example.net; dmarc=pass header.from=example.org" };
    await world.write({ text: "genuine", headers: proof });
    expect(await told(1)).to.have.length(1);
    expect(world.outgoing.taken[0]?.text).to.contain("genuine");
  });

  it("answers nobody who is not on the list unless it is told to", async () => {
    const { core } = await started({ dmPolicy: undefined, allowFrom: [] });
    const channel = await core.client.channels.getChannel({ name: "channels/email" });
    expect(channel.channel?.dmPolicy).to.equal("allowlist");
  });

  it("takes the files of a mail", async () => {
    const { core } = await started();
    const type = { "Content-Type": 'multipart/mixed; boundary="b"' };
    const file =
      "--b\nContent-Type: text/plain; name=a.txt\nContent-Disposition: attachment; filename=a.txt\n\nin the file\n";
    await world.write({ headers: type, text: `--b\nContent-Type: text/plain\n\nsee the file\n${file}--b--` });
    const names = await eventually("the file is in the transcript", async () => {
      const parts = (await core.transcript()).flatMap((message) => message.parts);
      const found = parts.flatMap(({ kind }) => (kind.case === "attachment" ? [kind.value.fileName] : []));
      return found.length > 0 ? found : undefined;
    });
    expect(names).to.deep.equal(["a.txt"]);
  });

  it("begins now where somebody else kept another place", async () => {
    await world.say("before");
    const host = new RecordingHost();
    host.cursor = "s72_594_12";
    try {
      await host.connect(emailNetwork, world.config());
      await world.say("after");
      const [message] = await host.heard(1);
      expect(message?.text).to.contain("after");
    } finally {
      await host.stop();
    }
  });

  it("is misconfigured with a wrong password", async () => {
    kit = new ChannelKit(world, { password: "wrong" });
    await kit.core.start();
    await until(() => kit?.state.stateReason.includes("refuses") ?? false, "the password is refused");
    expect(kit.state.stateReason).to.contain("channels.email.smtp");
  });

  async function started(changes: Readonly<Record<string, unknown>> = {}) {
    const running = await start(changes);
    return {
      core: running.core,
      told: (count: number) => running.told(count),
      settled: () => running.settled(),
    };
  }
});
