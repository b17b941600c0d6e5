/** Pairing, through the contract: the device's side and the operator's. */

import { expect } from "chai";
import { type PairingRequest, PairingRequest_State as State } from "../../../../gen/openclaw/gateway/v1/access_pb.ts";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Event_Change } from "../../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Scope } from "../../../../gen/openclaw/gateway/v1/options_pb.ts";
import { expandScopes } from "../../../../src/core/access/scopes.ts";
import type { Failure } from "../../../../src/core/errors.ts";
import { type CoreKit, CoreKits } from "../../../support/core-kit.ts";
import { expectFailure } from "../../../support/expect-failure.ts";
import { FillableDisk } from "../../../support/fillable-store.ts";
import { textOf } from "../../../support/pairing-kit.ts";

const { READ, WRITE, APPROVE, PAIR, ADMIN, NODE } = Scope;

describe("a device that asks to be let in", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  const stranger = (kit: CoreKit) => kit.as("anonymous", []).access;
  const ask = async (kit: CoreKit, scopes: Scope[] = [], title = "laptop") => {
    const { pairingRequest, ...rest } = await stranger(kit).requestPairing({ title, platform: "linux", scopes });
    return { request: pairingRequest as PairingRequest, ...rest };
  };
  const approve = (kit: CoreKit, { name }: PairingRequest, scopes: Scope[] = []) =>
    kit.client.access.resolvePairingRequest({ name, approve: true, scopes });

  it("gets a code to show, a secret to redeem, and how often to ask", async () => {
    const kit = await kits.open();
    const { request, redeemSecret, pollInterval } = await ask(kit);
    expect(request.state).to.equal(State.PENDING);
    expect(request.code).to.match(/^[2-9A-HJ-NP-RT-Z]{4}-[2-9A-HJ-NP-RT-Z]{4}$/);
    expect(redeemSecret).to.match(/^ocr_[A-Za-z0-9]{49}$/);
    expect(pollInterval?.seconds).to.equal(2n);
  });

  it("asks to read and write unless it says otherwise", async () => {
    const kit = await kits.open();
    const { request } = await ask(kit);
    expect(request.subject).to.deep.nested.include({ case: "device", "value.scopes": [READ, WRITE] });
  });

  it("waits until somebody decides, and is told when to ask again", async () => {
    const kit = await kits.open();
    const { request, redeemSecret } = await ask(kit);
    const failure = await expectFailure(stranger(kit).redeemPairing({ redeemSecret }), "PAIRING_PENDING");
    expect(failure.retryAfterMs).to.equal(2_000);
    expect(failure.metadata.code).to.equal(request.code);
  });

  it("collects its token when it was approved, once", async () => {
    const kit = await kits.open();
    const { request, redeemSecret } = await ask(kit, [READ]);
    await approve(kit, request);
    const { device, token } = await stranger(kit).redeemPairing({ redeemSecret });
    expect(device).to.deep.include({ title: "laptop", platform: "linux", scopes: [READ], approver: "token" });
    expect(kit.core.access.credentials.find(token)?.principal).to.equal(device?.name);
    await expectFailure(stranger(kit).redeemPairing({ redeemSecret }), "PAIRING_CLOSED");
    expect((await kit.client.access.listPairingRequests({})).pairingRequests).to.deep.equal([]);
    expect((await kit.client.access.listDevices({})).devices).to.have.length(1);
  });

  it("collects one token however many times it asks at once", async () => {
    const kit = await kits.open();
    const { request, redeemSecret } = await ask(kit);
    await approve(kit, request);
    const tries = Array.from({ length: 5 }, () => stranger(kit).redeemPairing({ redeemSecret }));
    const settled = await Promise.allSettled(tries);
    expect(settled.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    expect((await kit.client.access.listDevices({})).devices).to.have.length(1);
  });

  it("is still told that its token was collected after a restart", async () => {
    const kit = await kits.open();
    const { request, redeemSecret } = await ask(kit);
    await approve(kit, request);
    await stranger(kit).redeemPairing({ redeemSecret });
    await kit.restart();
    await expectFailure(stranger(kit).redeemPairing({ redeemSecret }), "PAIRING_CLOSED");
  });

  it("goes on waiting over a restart, and can be approved after it", async () => {
    const kit = await kits.open();
    const { request, redeemSecret } = await ask(kit);
    await kit.restart();
    await expectFailure(stranger(kit).redeemPairing({ redeemSecret }), "PAIRING_PENDING");
    await approve(kit, request);
    await kit.restart();
    expect((await stranger(kit).redeemPairing({ redeemSecret })).token).not.to.equal("");
  });

  it("is told when it was refused, and cannot be let in by that request any more", async () => {
    const kit = await kits.open();
    const { request, redeemSecret } = await ask(kit);
    await kit.client.access.resolvePairingRequest({ name: request.name, approve: false });
    await expectFailure(stranger(kit).redeemPairing({ redeemSecret }), "PAIRING_REJECTED");
    await expectFailure(approve(kit, request), "PAIRING_CLOSED");
  });

  it("is not let in when its approval was taken back in time", async () => {
    const kit = await kits.open();
    const { request, redeemSecret } = await ask(kit);
    await approve(kit, request);
    await kit.client.access.resolvePairingRequest({ name: request.name, approve: false });
    await expectFailure(stranger(kit).redeemPairing({ redeemSecret }), "PAIRING_REJECTED");
  });

  it("is decided about once: the same again changes nothing", async () => {
    const kit = await kits.open();
    const { request } = await ask(kit, [READ, APPROVE]);
    const first = await approve(kit, request, [READ]);
    const { head } = kit.core.events;
    const again = await approve(kit, request, [READ, APPROVE]);
    expect(again.pairingRequest?.subject).to.deep.equal(first.pairingRequest?.subject);
    expect(kit.core.events.head).to.equal(head);
  });

  it("is granted less, and called otherwise, when whoever approves says so", async () => {
    const kit = await kits.open();
    const { request, redeemSecret } = await ask(kit, [WRITE, APPROVE]);
    await kit.client.access.resolvePairingRequest({
      name: request.name,
      approve: true,
      scopes: [READ],
      title: "Ada's",
    });
    const { device } = await stranger(kit).redeemPairing({ redeemSecret });
    expect(device).to.deep.include({ title: "Ada's", scopes: [READ] });
  });

  it("is not granted more than it asked for", async () => {
    const kit = await kits.open();
    const { request } = await ask(kit, [READ]);
    await expectFailure(approve(kit, request, [WRITE]), "FIELD_INVALID");
    await expectFailure(approve(kit, request, [ADMIN]), "FIELD_INVALID");
  });

  for (const [held, asked] of [
    [[PAIR], [READ]],
    [[PAIR, READ], [WRITE]],
    [[PAIR, READ, WRITE, APPROVE], [ADMIN]],
    [[PAIR, WRITE], [NODE]],
  ] as const) {
    const names = (scopes: readonly Scope[]) => scopes.map((scope) => Scope[scope as never] ?? scope).join(",");
    it(`is not granted ${names(asked)} by who holds ${names(held)}`, async () => {
      const kit = await kits.open();
      const { request, redeemSecret } = await ask(kit, [...asked]);
      const approver = kit.as("devices/approver", held).access;
      const failure = await expectFailure(
        approver.resolvePairingRequest({ name: request.name, approve: true }),
        "SCOPE_MISSING",
      );
      expect(failure.metadata).to.have.keys("required", "held");
      await expectFailure(stranger(kit).redeemPairing({ redeemSecret }), "PAIRING_PENDING");
    });
  }

  it("is granted a part by who holds that part", async () => {
    const kit = await kits.open();
    const { request, redeemSecret } = await ask(kit, [ADMIN]);
    const approver = kit.as("devices/approver", [PAIR, READ]).access;
    await approver.resolvePairingRequest({ name: request.name, approve: true, scopes: [READ] });
    const { device } = await stranger(kit).redeemPairing({ redeemSecret });
    expect(device).to.deep.include({ scopes: [READ], approver: "devices/approver" });
  });

  it("offers its commands only when it may serve as a node", async () => {
    const kit = await kits.open();
    const commands = ["camera.snap", "screen.record"];
    const asked = await stranger(kit).requestPairing({ title: "phone", scopes: [NODE, READ], commands });
    await approve(kit, asked.pairingRequest as PairingRequest);
    const { device } = await stranger(kit).redeemPairing({ redeemSecret: asked.redeemSecret });
    expect(device?.commands).to.deep.equal(commands);
    const other = await stranger(kit).requestPairing({ title: "phone", scopes: [NODE, READ], commands });
    await approve(kit, other.pairingRequest as PairingRequest, [READ]);
    expect((await stranger(kit).redeemPairing({ redeemSecret: other.redeemSecret })).device?.commands).to.deep.equal(
      [],
    );
  });

  it("gets a token that does not outlive the credential of who approved", async () => {
    const kit = await kits.open();
    const { request, redeemSecret } = await ask(kit, [READ]);
    const expireTimeMs = kit.clock.nowMs() + 60_000;
    const caller = { principal: "tokens/brief", scopes: expandScopes([ADMIN]), expireTimeMs };
    await kit.core.access.pairings.resolve({ name: request.name, approve: true, scopes: [], title: "", caller });
    const { token } = await stranger(kit).redeemPairing({ redeemSecret });
    expect(kit.core.access.credentials.find(token)?.expireTimeMs).to.equal(expireTimeMs);
    kit.clock.advance(61_000);
    expect(() => kit.core.access.credentials.find(token)).to.throw("has expired");
  });

  it("is given up five minutes after it last asked, approved or not", async () => {
    const kit = await kits.open();
    const silent = await ask(kit);
    const patient = await ask(kit);
    const approved = await ask(kit);
    await approve(kit, approved.request);
    kit.clock.advance(4 * 60_000);
    await expectFailure(stranger(kit).redeemPairing({ redeemSecret: patient.redeemSecret }), "PAIRING_PENDING");
    kit.clock.advance(2 * 60_000);
    await expectFailure(stranger(kit).redeemPairing({ redeemSecret: silent.redeemSecret }), "PAIRING_CLOSED");
    await expectFailure(stranger(kit).redeemPairing({ redeemSecret: approved.redeemSecret }), "PAIRING_CLOSED");
    await expectFailure(approve(kit, silent.request), "PAIRING_CLOSED");
    await kit.core.access.tidy();
    const { pairingRequests } = await kit.client.access.listPairingRequests({});
    expect(pairingRequests.map(({ name }) => name)).to.deep.equal([patient.request.name]);
    await expectFailure(stranger(kit).redeemPairing({ redeemSecret: silent.redeemSecret }), "CREDENTIALS_INVALID");
  });

  it("shows until when it waits, which moves on as it asks", async () => {
    const kit = await kits.open();
    const { redeemSecret } = await ask(kit);
    const end = async () =>
      Number((await kit.client.access.listPairingRequests({})).pairingRequests[0]?.expireTime?.seconds);
    const first = await end();
    kit.clock.advance(60_000);
    await expectFailure(stranger(kit).redeemPairing({ redeemSecret }), "PAIRING_PENDING");
    expect(await end()).to.be.within(first + 59, first + 90);
  });

  it("is one of four of its address at most, until one is decided about", async () => {
    const kit = await kits.open();
    const asked = [];
    for (let count = 0; count < 4; count += 1) asked.push(await ask(kit));
    const failure = await expectFailure(ask(kit), "ACCESS_FULL");
    expect(failure.retryAfterMs).to.equal(60_000);
    expect(failure.metadata.limit).to.equal("4");
    await kit.client.access.resolvePairingRequest({ name: asked[0]?.request.name ?? "", approve: false });
    await ask(kit);
  });

  it("is one of four also when it asks five times at once", async () => {
    const kit = await kits.open();
    const settled = await Promise.allSettled(Array.from({ length: 8 }, () => ask(kit)));
    expect(settled.filter(({ status }) => status === "fulfilled")).to.have.length(4);
  });

  it("is not counted when the disk did not take its request", async () => {
    const disk = new FillableDisk();
    const kit = await kits.open({ wrapStore: disk.wrap });
    disk.full = true;
    for (let count = 0; count < 4; count += 1) await expectFailure(ask(kit), "READ_ONLY");
    disk.full = false;
    expect((await ask(kit)).request.state).to.equal(State.PENDING);
  });

  it("is one of 64 of all addresses at most", async () => {
    const kit = await kits.open();
    const { pairings } = kit.core.access;
    const asked = { title: "x", platform: "", scopes: [], commands: [], setupCode: "" };
    for (let count = 0; count < 64; count += 1) {
      await pairings.request({ ...asked, peer: { address: "", bucket: `10.0.0.${count}` } });
    }
    const one = pairings.request({ ...asked, peer: { address: "", bucket: "10.0.1.1" } });
    const failure = await one.then(
      () => undefined,
      (error: unknown) => error as Failure,
    );
    expect(failure?.reason).to.equal(ErrorReason.ACCESS_FULL);
    const { pairingRequests } = await kit.client.access.listPairingRequests({ pageSize: 200 });
    expect(pairingRequests).to.have.length(64);
    expect(new Set(pairingRequests.map(({ code }) => code))).to.have.lengthOf(64);
  });

  for (const [what, request] of [
    ["a title", { title: "" }],
    ["a title of one line", { title: "a\nb" }],
    ["a title that fits", { title: "x".repeat(101) }],
    ["a platform that fits", { title: "x", platform: "y".repeat(65) }],
    ["scopes that there are", { title: "x", scopes: [77 as Scope] }],
    ["commands as a node only", { title: "x", commands: ["a.b"] }],
    ["commands that are words", { title: "x", scopes: [NODE], commands: ["rm -rf /"] }],
    ["not too many commands", { title: "x", scopes: [NODE], commands: Array.from({ length: 257 }, (_, n) => `c${n}`) }],
  ] as const) {
    it(`needs ${what}`, async () => {
      const kit = await kits.open();
      await expectFailure(stranger(kit).requestPairing(request as never), "FIELD_INVALID");
    });
  }

  it("is told of in events, seen by those who decide, never with its secret", async () => {
    const kit = await kits.open();
    const { cursor } = await kit.client.access.listPairingRequests({});
    const { request, redeemSecret } = await ask(kit);
    await approve(kit, request);
    const { token } = await stranger(kit).redeemPairing({ redeemSecret });
    const seen = async (scopes: Scope[]) =>
      (await kit.as("x", scopes).events.listEvents({ cursor, subjects: ["pairingRequests/*"] })).events;
    const events = await seen([READ, PAIR]);
    const { CREATED, UPDATED, DELETED } = Event_Change;
    expect(events.map(({ change }) => change)).to.deep.equal([CREATED, UPDATED, DELETED]);
    expect(await seen([READ, WRITE, APPROVE])).to.deep.equal([]);
    for (const secret of [redeemSecret, token]) expect(textOf(events)).not.to.contain(secret);
  });
});
