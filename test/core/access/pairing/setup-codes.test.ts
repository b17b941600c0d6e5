/** Setup codes, through the contract. */

import { expect } from "chai";
import { PairingRequest_State as State } from "../../../../gen/openclaw/gateway/v1/access_pb.ts";
import { Scope } from "../../../../gen/openclaw/gateway/v1/options_pb.ts";
import { expandScopes } from "../../../../src/core/access/scopes.ts";
import { type CoreKit, CoreKits } from "../../../support/core-kit.ts";
import { expectFailure } from "../../../support/expect-failure.ts";

const { READ, WRITE, ADMIN } = Scope;

describe("a setup code", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  const stranger = (kit: CoreKit) => kit.as("anonymous", []).access;
  const request = (kit: CoreKit, setupCode: string, scopes: Scope[] = []) =>
    stranger(kit).requestPairing({ title: "laptop", setupCode, scopes });

  it("is good for ten minutes unless it was made for longer, and tells where to use it", async () => {
    const kit = await kits.open();
    const left = (time?: { seconds: bigint }) => Math.round(Number(time?.seconds) - kit.clock.nowMs() / 1000);
    const usual = await kit.client.access.createSetupCode({});
    expect(usual.setupCode).to.match(/^ocs_[A-Za-z0-9]{28}$/);
    expect(left(usual.expireTime)).to.be.within(598, 601);
    expect(usual.urls).to.deep.equal(["http://127.0.0.1:18789"]);
    const longer = await kit.client.access.createSetupCode({ ttl: { seconds: 3_600n } });
    expect(left(longer.expireTime)).to.be.within(3_598, 3_601);
  });

  it("lets one device in without anybody's approval", async () => {
    const kit = await kits.open();
    const { setupCode } = await kit.client.access.createSetupCode({ scopes: [READ] });
    const { pairingRequest, redeemSecret } = await request(kit, setupCode);
    expect(pairingRequest?.state).to.equal(State.APPROVED);
    const { device } = await stranger(kit).redeemPairing({ redeemSecret });
    expect(device).to.deep.include({ scopes: [READ], approver: "token" });
  });

  it("is not good twice, not even at once or after a restart", async () => {
    const kit = await kits.open();
    const { setupCode } = await kit.client.access.createSetupCode({});
    const settled = await Promise.allSettled([1, 2, 3].map(() => request(kit, setupCode)));
    expect(settled.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    await expectFailure(request(kit, setupCode), "PAIRING_CLOSED");
    await kit.restart();
    const failure = await expectFailure(request(kit, setupCode), "PAIRING_CLOSED");
    expect(failure.message).to.contain("was used already");
  });

  it("is not good any more when its time is over", async () => {
    const kit = await kits.open();
    const { setupCode } = await kit.client.access.createSetupCode({});
    kit.clock.advance(601_000);
    const failure = await expectFailure(request(kit, setupCode), "PAIRING_CLOSED");
    expect(failure.message).to.contain("has expired");
  });

  it("grants what it was made for, or less, never more; a refused try does not use it up", async () => {
    const kit = await kits.open();
    const { setupCode } = await kit.client.access.createSetupCode({ scopes: [WRITE] });
    await expectFailure(request(kit, setupCode, [ADMIN]), "SCOPE_MISSING");
    const { redeemSecret } = await request(kit, setupCode, [READ]);
    expect((await stranger(kit).redeemPairing({ redeemSecret })).device?.scopes).to.deep.equal([READ]);
  });

  it("is never made for more than its maker holds", async () => {
    const kit = await kits.open();
    const weak = kit.as("tokens/weak", [READ]).access;
    await expectFailure(weak.createSetupCode({ scopes: [WRITE] }), "SCOPE_MISSING");
    await expectFailure(weak.createSetupCode({}), "SCOPE_MISSING");
  });

  it("ends with its maker's credential, and so does what it grants", async () => {
    const kit = await kits.open();
    const expireTimeMs = kit.clock.nowMs() + 60_000;
    const caller = { principal: "tokens/brief", scopes: expandScopes([ADMIN]), expireTimeMs };
    const made = await kit.core.access.setupCodes.create({ scopes: [READ], ttlMs: undefined, caller });
    expect(made.expireTimeMs).to.equal(expireTimeMs);
    const { redeemSecret } = await request(kit, made.code);
    const { token } = await stranger(kit).redeemPairing({ redeemSecret });
    expect(kit.core.access.credentials.find(token)?.expireTimeMs).to.equal(expireTimeMs);
  });

  for (const seconds of [0n, -5n, 86_401n]) {
    it(`is not made for ${seconds} s`, async () => {
      const kit = await kits.open();
      await expectFailure(kit.client.access.createSetupCode({ ttl: { seconds } }), "FIELD_INVALID");
    });
  }

  it("is asked for by nothing else: tokens, other secrets and guesses are named and refused", async () => {
    const kit = await kits.open();
    const { secret } = await kit.client.access.createToken({ tokenId: "t", scopes: [READ] });
    const told = await expectFailure(request(kit, secret), "CREDENTIALS_INVALID");
    expect(told.message).to.contain("this is a named token, not a setup code");
    expect(told.message).not.to.contain(secret);
    const { setupCode } = await kit.client.access.createSetupCode({});
    const cut = await expectFailure(request(kit, setupCode.slice(0, -1)), "CREDENTIALS_INVALID");
    expect(cut.message).to.contain("incomplete");
  });

  it("cannot be guessed for long: ten wrong ones lock the address out, right ones included", async () => {
    const kit = await kits.open();
    const access = stranger(kit);
    const { setupCode } = await kit.client.access.createSetupCode({});
    const ask = (code: string) => access.requestPairing({ title: "x", setupCode: code });
    for (let guess = 0; guess < 10; guess += 1) await expectFailure(ask(`ocs_${guess}`), "CREDENTIALS_INVALID");
    const failure = await expectFailure(ask(setupCode), "RATE_LIMITED");
    expect(failure.retryAfterMs).to.be.greaterThan(0);
    kit.clock.advance(5 * 60_000 + 1);
    await ask(setupCode);
  });
});
