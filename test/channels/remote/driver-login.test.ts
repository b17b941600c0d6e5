/** A login that a program outside does, step by step, over the wire: what is asked of it, what it reports, how it ends. */

import { expect } from "chai";
import { Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { LogInChannelResponse } from "../../../gen/openclaw/gateway/v1/channel_service_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { createGatewayClient, type GatewayClient } from "../../../src/client/gateway-client.ts";
import { ConfiguredGateway } from "../../support/configured-gateway.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { TestDriver } from "../../support/test-driver.ts";
import { eventually } from "../../support/until.ts";

const name = "channels/mynet";
const open = { driver: "remote", dmPolicy: "open", allowFrom: ["*"], typingMode: "never" };

/** A login as somebody sees it. */
class Login {
  readonly steps: LogInChannelResponse[] = [];
  readonly leaving = new AbortController();
  /** Rejects when it does not work. */
  readonly ended: Promise<void>;

  constructor(client: GatewayClient, force = false) {
    this.ended = this.#read(client.channels.logInChannel({ name, force }, { signal: this.leaving.signal }));
    // Most tests end it in other ways.
    this.ended.catch(() => {});
  }

  /** The step of a kind, once it is there. */
  step(kind: LogInChannelResponse["step"]["case"]): Promise<LogInChannelResponse> {
    return eventually(`a step ${kind}`, async () => this.steps.findLast(({ step }) => step.case === kind));
  }

  async #read(stream: AsyncIterable<LogInChannelResponse>): Promise<void> {
    for await (const response of stream) if (response.step.case !== "heartbeat") this.steps.push(response);
  }
}

describe("a login a channel driver does", () => {
  let gateway: ConfiguredGateway;
  let client: GatewayClient;
  let driver: TestDriver;

  before(async () => {
    gateway = new ConfiguredGateway(JSON.stringify({ channels: { mynet: open } }));
    client = await gateway.start();
    const { secret } = await client.access.createToken({ tokenId: "driver", scopes: [Scope.NODE] });
    driver = new TestDriver(createGatewayClient({ url: gateway.gateway.urls[0] as string, token: secret }), name);
  });
  after(() => gateway.remove());

  beforeEach(async () => {
    driver.frames.length = 0;
    driver.attempts.length = 0;
    await client.channels.startChannel({ name });
    await driver.attachSoon({ login: true, state: State.LOGIN_REQUIRED, reason: "scan the code" });
  });
  afterEach(() => driver.vanish());

  const channel = async () => (await client.channels.getChannel({ name })).channel;

  /** A login the driver was asked for. */
  async function begun(): Promise<{ login: Login; id: string }> {
    const login = new Login(client);
    return { login, id: (await driver.told("logIn")).login };
  }

  it("is wanted from the moment it attaches, when it says so", async () => {
    const now = await channel();
    expect(now).to.include({ state: State.LOGIN_REQUIRED, stateReason: "scan the code" });
    expect(now?.capabilities?.login).to.equal(true);
  });

  it("is wanted when the driver says so later on", async () => {
    await driver.reportState(State.ONLINE);
    await driver.reportState(State.LOGIN_REQUIRED, "the session was ended on the phone");
    const stateReason = "the session was ended on the phone";
    expect(await channel()).to.include({ state: State.LOGIN_REQUIRED, stateReason });
    for (const state of [State.UNSPECIFIED, State.STOPPED, State.HELD_BACK]) {
      await expectFailure(driver.reportState(state), "FIELD_INVALID");
    }
  });

  it("shows the code, the page and the questions that the driver reports, and ends with the channel online", async () => {
    const { login, id } = await begun();
    await driver.reportLogIn(id, 1, { case: "qr", value: "code one" });
    await login.step("qr");
    await driver.reportLogIn(id, 2, { case: "link", value: "https://example.org/device" });
    await login.step("link");
    await driver.reportLogIn(id, 3, { case: "prompt", value: { question: "password?", secret: true } });
    expect((await login.step("prompt")).secret).to.equal(true);
    await client.channels.answerLogIn({ name, answer: "hunter2" });
    expect(await driver.told("logInAnswer")).to.include({ login: id, step: 3, answer: "hunter2" });
    await driver.reportLogIn(id, 4, { case: "done", value: { title: "Claw of Mia" } });
    await login.ended;
    expect(login.steps.map(({ step }) => step.case)).to.deep.equal(["qr", "link", "prompt", "channel"]);
    expect(await channel()).to.include({ state: State.ONLINE, title: "Claw of Mia" });
  });

  it("shows of codes nobody has seen yet only the newest, and a repeated step once", async () => {
    const { login, id } = await begun();
    for (const step of [1, 2, 2, 1]) await driver.reportLogIn(id, step, { case: "qr", value: `code ${step}` });
    await driver.reportLogIn(id, 3, { case: "done", value: {} });
    await driver.reportLogIn(id, 3, { case: "done", value: {} });
    await login.ended;
    const codes = login.steps.flatMap(({ step }) => (step.case === "qr" ? [step.value] : []));
    expect(codes.at(-1)).to.equal("code 2");
    expect(new Set(codes).size).to.equal(codes.length);
  });

  it("keeps deliveries waiting until it is done", async () => {
    await driver.reportState(State.ONLINE);
    const login = new Login(client, true);
    const { login: id, force } = await driver.told("logIn");
    expect(force).to.equal(true);
    await driver.report("wait for it");
    expect((await channel())?.state).to.equal(State.LOGIN_REQUIRED);
    expect(driver.attempts).to.have.length(0);
    await driver.reportLogIn(id, 1, { case: "done", value: {} });
    await login.ended;
    await driver.seen(() => driver.said.find((text) => text === "wait for it"));
  });

  it("that fails says why, and the channel waits for another one", async () => {
    const { login, id } = await begun();
    await driver.reportLogIn(id, 1, { case: "failed", value: { reason: "the code was not scanned in time" } });
    const error = await expectFailure(login.ended, "NETWORK_UNAVAILABLE");
    expect(error.message).to.contain("the code was not scanned in time");
    const state = await eventually("it says so", async () => {
      const now = await channel();
      return now?.stateReason.startsWith("the login failed") ? now : undefined;
    });
    expect(state).to.include({ state: State.LOGIN_REQUIRED });
    expect(driver.frames.map((frame) => frame.case)).not.to.include("logInCancelled");
    const second = new Login(client);
    const next = await driver.seen(() => {
      const frame = driver.frames.findLast((one) => one.case === "logIn");
      return frame?.value.login === id ? undefined : frame?.value;
    });
    await driver.reportLogIn(next.login, 1, { case: "done", value: {} });
    await second.ended;
  });

  it("is cancelled when nobody goes on with it, and what is reported of it then is refused", async () => {
    const { login, id } = await begun();
    await driver.reportLogIn(id, 1, { case: "qr", value: "code" });
    await login.step("qr");
    login.leaving.abort();
    expect((await driver.told("logInCancelled")).login).to.equal(id);
    await expectFailure(driver.reportLogIn(id, 2, { case: "qr", value: "code" }), "CHANNEL_STATE");
    const stateReason = "the login failed: nobody went on with it";
    expect(await channel()).to.include({ state: State.LOGIN_REQUIRED, stateReason });
  });

  it("ends with a clear error when the driver goes away in the middle of it", async () => {
    const { login } = await begun();
    await driver.vanish();
    const error = await expectFailure(login.ended, "NETWORK_UNAVAILABLE");
    expect(error.message).to.contain("its driver went away in the middle of it; log in again");
    expect((await channel())?.state).to.equal(State.OFFLINE);
  });

  it("ends with a clear error when another driver attaches in the middle of it", async () => {
    const { login } = await begun();
    await driver.attach({ login: true });
    const error = await expectFailure(login.ended, "NETWORK_UNAVAILABLE");
    expect(error.message).to.contain("another driver attached in the middle of it");
    expect((await channel())?.state).to.equal(State.ONLINE);
  });

  it("ends with a clear error when the channel is stopped in the middle of it", async () => {
    const { login } = await begun();
    await client.channels.stopChannel({ name });
    const error = await expectFailure(login.ended, "NETWORK_UNAVAILABLE");
    expect(error.message).to.contain("the channel was stopped in the middle of it");
    expect((await channel())?.state).to.equal(State.STOPPED);
  });

  it("takes an answer only to a question that was asked, and only one", async () => {
    const { login, id } = await begun();
    await expectFailure(client.channels.answerLogIn({ name, answer: "42" }), "CHANNEL_STATE");
    await driver.reportLogIn(id, 1, { case: "prompt", value: { question: "which number?" } });
    expect((await login.step("prompt")).secret).to.equal(false);
    await client.channels.answerLogIn({ name, answer: "42" });
    await expectFailure(client.channels.answerLogIn({ name, answer: "43" }), "CHANNEL_STATE");
  });

  it("is only for a driver that can", async () => {
    await driver.attach({ login: false, state: State.OFFLINE });
    await expectFailure(new Login(client).ended, "CHANNEL_STATE");
    await driver.vanish();
    const error = await expectFailure(new Login(client).ended, "CHANNEL_STATE");
    expect(error.message).to.contain("no driver is attached that can");
  });

  it("is not begun while another one is under way, or while the channel is online", async () => {
    await begun();
    await expectFailure(new Login(client).ended, "CHANNEL_STATE");
    await driver.reportState(State.ONLINE);
    await expectFailure(new Login(client).ended, "CHANNEL_STATE");
  });

  it("has steps that say something, with numbers from 1 up", async () => {
    const { id } = await begun();
    await expectFailure(driver.reportLogIn(id, 0, { case: "qr", value: "code" }), "FIELD_INVALID");
    await expectFailure(driver.reportLogIn(id, 1, { case: "qr", value: "" }), "FIELD_INVALID");
    await expectFailure(driver.reportLogIn(id, 1, { case: "link", value: "x".repeat(4_097) }), "FIELD_INVALID");
    await expectFailure(driver.reportLogIn(id, 1, undefined), "FIELD_INVALID");
    await expectFailure(driver.reportLogIn("another", 1, { case: "qr", value: "code" }), "CHANNEL_STATE");
  });

  it("is undone by a logout, after which the channel is stopped and the driver sent away", async () => {
    await driver.reportState(State.ONLINE);
    const out = client.channels.logOutChannel({ name });
    const { login } = await driver.told("logOut");
    await driver.reportLogIn(login, 1, { case: "done", value: {} });
    expect((await out).channel).to.include({ state: State.STOPPED, stateReason: "logged out by an operator" });
    await driver.ended();
    expect(driver.frames.at(-1)?.case).to.equal("detached");
  });

  it("is undone by a logout that does not work, too", async () => {
    await driver.reportState(State.ONLINE);
    const out = client.channels.logOutChannel({ name });
    const { login } = await driver.told("logOut");
    await driver.reportLogIn(login, 1, { case: "failed", value: { reason: "the network is away" } });
    expect((await out).channel?.state).to.equal(State.STOPPED);
  });

  it("is undone although the driver goes away in the middle of the logout", async () => {
    const { login } = await begun();
    const out = client.channels.logOutChannel({ name });
    await driver.told("logOut");
    const error = await expectFailure(login.ended, "NETWORK_UNAVAILABLE");
    expect(error.message).to.contain("another login or a logout was begun");
    await driver.vanish();
    expect((await out).channel?.state).to.equal(State.STOPPED);
  });
});
