import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { type Finding, Finding_Severity as Severity } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import { ChannelSchema, Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { GatewayClient } from "../../../src/client/gateway-client.ts";
import { ChannelsCheck } from "../../../src/core/care/channels-check.ts";
import { channelTimes } from "../../../src/core/channel/channel-ports.ts";
import { LoginRequiredError, MisconfiguredError } from "../../../src/core/channel/network.ts";
import { channelSettings } from "../../support/channel-settings.ts";
import { CoreKit } from "../../support/core-kit.ts";
import { fail, type Script, ScriptedNetwork, stay } from "../../support/scripted-network.ts";
import { TestClock } from "../../support/test-clock.ts";
import { until } from "../../support/until.ts";

async function diagnose(client: GatewayClient): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const { findings } of client.care.diagnose({ checks: ["channels"] })) found.push(...findings);
  return found;
}

describe("the check of channels", () => {
  describe("of a gateway", () => {
    let kit: CoreKit;
    afterEach(() => kit.close());

    /** What the doctor says of a channel whose network does this, once it is in that state. */
    const found = async (script: Script, state: State, skipped?: string): Promise<Finding[]> => {
      const network = new ScriptedNetwork();
      network.scripts = [script];
      const times = { ...channelTimes, retryBaseMs: 1, retryCapMs: 2 };
      const settings = { channels: [channelSettings({ name: "channels/fake:work", account: "work" })] };
      const ports = { networks: network.catalog, times, ...(skipped && { skipped }) };
      kit = new CoreKit({ settings, channels: ports });
      await kit.start();
      await until(() => kit.core.channels.get("channels/fake:work").state === state, `the channel is ${state}`);
      return await diagnose(kit.client);
    };

    it("is content with one that is online", async () => {
      expect(await found(stay, State.ONLINE)).to.deep.equal([]);
    });

    it("calls wrong settings an error, with what is wrong", async () => {
      const [finding] = await found(fail(new MisconfiguredError("the token is wrong")), State.MISCONFIGURED);
      expect(finding).to.include({ subject: "channels/fake:work", severity: Severity.ERROR });
      expect(finding?.reason).to.contain("the token is wrong");
      expect(finding?.fix).to.contain("openclaw channels status fake:work --probe");
    });

    it("calls a login that is wanted an error, and says how to log in", async () => {
      const [finding] = await found(fail(new LoginRequiredError("scan the code")), State.LOGIN_REQUIRED);
      expect(finding).to.include({ severity: Severity.ERROR });
      expect(finding?.fix).to.equal("log in with: openclaw channels login fake:work");
    });

    it("warns of one that was held back, and says how to start it", async () => {
      const [finding] = await found(stay, State.HELD_BACK, "safe mode");
      expect(finding).to.include({ severity: Severity.WARNING });
      expect(finding?.reason).to.contain("safe mode");
      expect(finding?.fix).to.contain("openclaw channels start fake:work");
    });
  });

  describe("of one that is offline", () => {
    const clock = new TestClock();
    const look = async (channel: MessageInitShape<typeof ChannelSchema>): Promise<Finding[]> => {
      const offline = { name: "channels/irc", state: State.OFFLINE, stateReason: "the line broke", ...channel };
      return await new ChannelsCheck(async () => [create(ChannelSchema, offline)], clock).run();
    };
    const agoMs = (ms: number) => ({ stateTime: timestampFromMs(clock.nowMs() - ms) });

    it("keeps quiet about a short trouble", async () => {
      expect(await look({ ...agoMs(60_000), failures: 2 })).to.deep.equal([]);
    });

    it("warns after many failures in a row, though it tries again just now", async () => {
      const trying = { ...agoMs(0), state: State.CONNECTING, failures: 4, waitingDeliveries: 2 };
      const [finding] = await look(trying);
      expect(finding).to.include({ severity: Severity.WARNING });
      expect(finding?.reason).to.contain("4 tries failed in a row").and.to.contain("2 deliveries wait");
      expect(finding?.fix).to.contain("openclaw channels logs irc");
    });

    it("warns of one that has been so for long", async () => {
      expect((await look(agoMs(600_000)))[0]?.reason).to.equal("it is not connected: the line broke");
    });

    it("asks for the driver of a remote one", async () => {
      expect((await look({ ...agoMs(600_000), remote: true }))[0]?.fix).to.contain("start its driver");
    });

    it("sends nobody to a login the driver does not have", async () => {
      const wanting = { state: State.LOGIN_REQUIRED, remote: true };
      const fix = async (login: boolean) => (await look({ ...wanting, capabilities: { login } }))[0]?.fix;
      expect(await fix(true)).to.equal("log in with: openclaw channels login irc");
      expect(await fix(false)).to.contain("where its driver runs");
    });

    it("sends who has no login to the settings of the channel", async () => {
      const [finding] = await look({ state: State.LOGIN_REQUIRED, capabilities: {} });
      expect(finding?.fix).to.contain("openclaw config set").and.not.to.contain("login");
    });

    it("keeps quiet about one that was stopped", async () => {
      expect(await look({ ...agoMs(600_000), state: State.STOPPED })).to.deep.equal([]);
    });
  });
});
