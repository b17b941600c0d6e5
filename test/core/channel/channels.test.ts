/** Channels stay connected, say how they are, and follow the operator and the configuration. */

import { expect } from "chai";
import { Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { channelTimes } from "../../../src/core/channel/channel-ports.ts";
import { LoginRequiredError, MisconfiguredError } from "../../../src/core/channel/network.ts";
import { type ChannelOverrides, channelSettings } from "../../support/channel-settings.ts";
import { CoreKit } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { fail, ScriptedNetwork, stay, steps } from "../../support/scripted-network.ts";
import { until } from "../../support/until.ts";

const name = "channels/fake";
const quick = { ...channelTimes, retryBaseMs: 1, retryCapMs: 2, givenUpMs: 600_000, connectMs: 50, stopMs: 20 };

describe("Channels", () => {
  let kit: CoreKit;
  let network: ScriptedNetwork;

  beforeEach(() => {
    network = new ScriptedNetwork();
  });
  afterEach(() => kit.close());

  async function open(overrides: ChannelOverrides = {}, ports: { skipped?: string } = {}): Promise<void> {
    kit = new CoreKit({
      settings: { channels: [channelSettings(overrides)] },
      channels: { networks: network.catalog, times: quick, ...ports },
    });
    await kit.start();
  }

  const state = (): State => kit.core.channels.get(name).state;
  const is = (wanted: State): Promise<void> => until(() => state() === wanted, `the channel is ${wanted}`);
  const broken = fail(new Error("the line broke"));

  describe("a connection", () => {
    it("is tried again after it failed, and counts failures in a row", async () => {
      network.scripts = [broken, broken, stay];
      await open();
      await is(State.ONLINE);
      expect(network.tries).to.equal(3);
      expect(kit.core.channels.get(name).failures).to.equal(0);
    });

    it("says who we are and what the network can do", async () => {
      await open();
      await is(State.ONLINE);
      const channel = kit.core.channels.get(name);
      expect(channel.title).to.equal("claw");
      expect(channel.capabilities?.maxText).to.equal(1_000);
    });

    it("is given up after ten failures in a row, which its state says", async () => {
      network.scripts = [broken];
      await open();
      await until(() => kit.core.channels.get(name).failures === 10, "it failed ten times");
      expect(kit.core.channels.get(name)).to.deep.include({ state: State.OFFLINE });
      expect(kit.core.channels.get(name).stateReason).to.equal("gave up after 10 tries in a row: the line broke");
      expect(network.tries).to.equal(10);
    });

    it("that was given up is tried at once when an operator starts it", async () => {
      network.scripts = [...Array.from({ length: 10 }, () => broken), stay];
      await open();
      await until(() => kit.core.channels.get(name).failures === 10, "it failed ten times");
      await kit.client.channels.startChannel({ name });
      await is(State.ONLINE);
    });

    it("that was given up is left alone without a health monitor, and says how to start it", async () => {
      network.scripts = [broken];
      await open({ healthMonitor: false });
      await until(() => kit.core.channels.get(name).stateReason.includes("openclaw channels start fake"), "it is left");
      expect(kit.core.channels.get(name).retryTime).to.equal(undefined);
    });

    it("with wrong settings is not tried again", async () => {
      network.scripts = [fail(new MisconfiguredError("the token is wrong"))];
      await open();
      await is(State.MISCONFIGURED);
      expect(kit.core.channels.get(name).stateReason).to.equal("the token is wrong");
      expect(network.tries).to.equal(1);
    });

    it("that needs a login is not tried again", async () => {
      network.scripts = [fail(new LoginRequiredError("scan the code"))];
      await open();
      await is(State.LOGIN_REQUIRED);
      expect(network.tries).to.equal(1);
    });

    it("that says nothing for too long is tried anew", async () => {
      network.scripts = [
        async (_host, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
        stay,
      ];
      await open();
      await is(State.ONLINE);
      expect(network.tries).to.equal(2);
    });

    it("that does not end when told to is left behind, and heard no more", async () => {
      network.scripts = [
        async (host) => {
          host.online("ghost");
          await new Promise(() => {});
        },
      ];
      await open();
      await is(State.ONLINE);
      await kit.client.channels.stopChannel({ name });
      network.hosts[0]?.online("ghost again");
      expect(state()).to.equal(State.STOPPED);
    });

    it("is made anew after the machine slept", async () => {
      await open();
      await is(State.ONLINE);
      kit.core.channels.reconnectAll("the machine slept");
      await until(() => network.tries === 2, "it connects again");
      await is(State.ONLINE);
    });

    it("that resumes by itself is not online meanwhile", async () => {
      await open();
      await is(State.ONLINE);
      network.hosts[0]?.offline("the session resumes");
      expect(kit.core.channels.find(name)?.connection).to.equal(undefined);
      network.hosts[0]?.online("claw");
      expect(kit.core.channels.find(name)?.connection).not.to.equal(undefined);
    });
  });

  describe("an operator", () => {
    it("stops a channel over restarts of the gateway, and starts it again", async () => {
      await open();
      await is(State.ONLINE);
      await kit.client.channels.stopChannel({ name });
      await kit.restart();
      expect(kit.core.channels.get(name)).to.deep.include({ state: State.STOPPED, enabled: false });
      await kit.client.channels.startChannel({ name });
      await is(State.ONLINE);
      expect(kit.core.channels.get(name).enabled).to.equal(true);
    });

    it("cannot start a channel the configuration disables", async () => {
      await open({ enabled: false });
      await expectFailure(kit.client.channels.startChannel({ name }), "CHANNEL_STATE");
    });

    it("starts a channel that is held back", async () => {
      await open({}, { skipped: "OPENCLAW_SKIP_CHANNELS is set" });
      expect(kit.core.channels.get(name)).to.deep.include({ state: State.HELD_BACK });
      await kit.client.channels.startChannel({ name });
      await is(State.ONLINE);
    });

    it("has what was held back connected when that is over, unless the gateway stops before", async () => {
      await open({}, { skipped: "after a crash" });
      const { channels } = kit.core;
      await channels.release();
      await is(State.ONLINE);
      await kit.restart();
      const before = network.tries;
      const held = kit.core.channels;
      await kit.stop();
      await held.release();
      expect(network.tries).to.equal(before);
      await kit.start();
    });

    it("is told about a channel that is not configured", async () => {
      await open();
      await expectFailure(kit.client.channels.getChannel({ name: "channels/other" }), "NOT_FOUND");
    });

    it("probes a channel that is not online with a connection of its own", async () => {
      network.scripts = [fail(new MisconfiguredError("wrong"))];
      network.extras = { probe: async () => "claw works" };
      await open();
      await is(State.MISCONFIGURED);
      const { probe } = await kit.client.channels.getChannel({ name, probe: true });
      expect(probe).to.deep.include({ ok: true, detail: "claw works" });
    });

    it("is told what a probe says that failed", async () => {
      network.extras = { probe: () => Promise.reject(new Error("401")) };
      await open();
      await is(State.ONLINE);
      const { probe } = await kit.client.channels.getChannel({ name, probe: true });
      expect(probe).to.deep.include({ ok: false, detail: "401" });
    });

    it("is told that a network has no directory", async () => {
      await open();
      await is(State.ONLINE);
      await expectFailure(kit.client.channels.lookUpDirectory({ parent: name, kind: "groups" }), "CAPABILITY_MISSING");
    });
  });

  describe("a login", () => {
    it("shows its steps and ends with the channel, which connects", async () => {
      network.scripts = [fail(new LoginRequiredError("scan")), stay];
      network.extras = (host) => ({
        async *logIn() {
          yield* steps({ kind: "qr", text: "code" }, { kind: "link", url: "https://example.com" });
          await host.saveCredentials("secret");
        },
      });
      await open();
      await is(State.LOGIN_REQUIRED);
      const seen: (string | undefined)[] = [];
      for await (const { step } of kit.client.channels.logInChannel({ name })) seen.push(step.case);
      expect(seen.filter((one) => one !== "heartbeat")).to.deep.equal(["qr", "link", "channel"]);
      await is(State.ONLINE);
      expect(await network.hosts[0]?.loadCredentials()).to.equal("secret");
    });

    it("asks, and goes on with the answer", async () => {
      const { promise, resolve } = Promise.withResolvers<string>();
      network.extras = {
        async *logIn() {
          yield { kind: "prompt" as const, question: "which number" };
          network.answers.push(await promise);
        },
        answer: resolve,
      };
      await open();
      await is(State.ONLINE);
      for await (const { step } of kit.client.channels.logInChannel({ name, force: true })) {
        if (step.case === "prompt") await kit.client.channels.answerLogIn({ name, answer: "42" });
      }
      expect(network.answers).to.deep.equal(["42"]);
    });

    it("that fails leaves the channel waiting for another one", async () => {
      network.extras = {
        async *logIn() {
          yield { kind: "qr" as const, text: "code" };
          throw new Error("the code was not scanned");
        },
      };
      await open();
      await is(State.ONLINE);
      const all = async (): Promise<void> => {
        for await (const _ of kit.client.channels.logInChannel({ name, force: true }));
      };
      await expectFailure(all(), "NETWORK_UNAVAILABLE");
      expect(kit.core.channels.get(name).stateReason).to.equal("the login failed: the code was not scanned");
    });

    it("is the only one, also when two begin at the same moment", async () => {
      let begun = 0;
      network.scripts = [fail(new LoginRequiredError("scan"))];
      network.extras = {
        async *logIn() {
          begun += 1;
          yield { kind: "qr" as const, text: "code" };
          await new Promise((resolve) => setTimeout(resolve, 20));
        },
      };
      await open();
      await is(State.LOGIN_REQUIRED);
      const all = async (): Promise<void> => {
        for await (const _ of kit.client.channels.logInChannel({ name }));
      };
      const ends = await Promise.allSettled([all(), all()]);
      expect(ends.map(({ status }) => status)).to.have.members(["fulfilled", "rejected"]);
      expect(begun).to.equal(1);
    });

    it("is refused where the network needs none", async () => {
      network.scripts = [broken];
      await open();
      const all = async (): Promise<void> => {
        for await (const _ of kit.client.channels.logInChannel({ name }));
      };
      await expectFailure(all(), "CHANNEL_STATE");
    });

    it("is undone by a logout, which forgets the credentials", async () => {
      await open();
      await is(State.ONLINE);
      await network.hosts[0]?.saveCredentials("secret");
      await kit.client.channels.logOutChannel({ name });
      expect(state()).to.equal(State.STOPPED);
      await kit.client.channels.startChannel({ name });
      await is(State.ONLINE);
      expect(await network.hosts.at(-1)?.loadCredentials()).to.equal(undefined);
    });
  });

  describe("a changed configuration", () => {
    it("connects a channel anew whose network's settings changed", async () => {
      await open({ network: { token: "a" } });
      await is(State.ONLINE);
      await kit.core.channels.apply([channelSettings({ network: { token: "b" } })]);
      await until(() => network.tries === 2, "it connects again");
      expect(network.seen).to.deep.equal([{ token: "a" }, { token: "b" }]);
    });

    it("does not touch the connection when only policies changed", async () => {
      await open();
      await is(State.ONLINE);
      await kit.core.channels.apply([channelSettings({ access: { dmPolicy: "disabled" } })]);
      expect(kit.core.channels.get(name)).to.deep.include({ state: State.ONLINE, dmPolicy: "disabled" });
      expect(network.tries).to.equal(1);
    });

    it("disconnects and forgets a channel that is gone, and says so in an event", async () => {
      await open();
      await is(State.ONLINE);
      await kit.core.channels.apply([]);
      expect(kit.core.channels.list()).to.deep.equal([]);
      const { events } = await kit.client.events.listEvents({ subjects: [name] });
      expect(events.map(({ change }) => change)).to.include(3);
    });

    it("connects a channel that is new", async () => {
      await open({ enabled: false });
      expect(state()).to.equal(State.STOPPED);
      await kit.core.channels.apply([channelSettings()]);
      await is(State.ONLINE);
    });
  });
});
