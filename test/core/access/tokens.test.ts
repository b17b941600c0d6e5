/** Named tokens, through the contract. */

import { expect } from "chai";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Event_Change } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { expandScopes } from "../../../src/core/access/scopes.ts";
import { Failure } from "../../../src/core/errors.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";

const { READ, WRITE, APPROVE, PAIR, ADMIN, NODE } = Scope;
const day = { seconds: 86_400n };

describe("a named token", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  const make = (kit: CoreKit, tokenId = "ci", scopes: Scope[] = [READ]) =>
    kit.client.access.createToken({ tokenId, scopes });

  it("has the name, scopes, expiry and maker it was given", async () => {
    const kit = await kits.open();
    const { token } = await kit.client.access.createToken({ tokenId: "ci", scopes: [WRITE, READ, WRITE], ttl: day });
    expect(token).to.deep.include({ name: "tokens/ci", scopes: [READ, WRITE], creator: "token" });
    expect(Number(token?.expireTime?.seconds) - Number(token?.createTime?.seconds)).to.equal(86_400);
  });

  it("lets its holder in as itself, with what its scopes imply", async () => {
    const kit = await kits.open();
    const { secret } = await make(kit, "ci", [WRITE]);
    expect(secret).to.match(/^oct_[A-Za-z0-9]{49}$/);
    expect(kit.core.access.credentials.find(secret)).to.deep.include({ principal: "tokens/ci", scopes: [READ, WRITE] });
  });

  it("is not another one's secret", async () => {
    const kit = await kits.open();
    const { secret } = await make(kit);
    expect(kit.core.access.credentials.find(`${secret}x`)).to.equal(undefined);
    expect(kit.core.access.credentials.find("")).to.equal(undefined);
  });

  it("has a name nobody else has", async () => {
    const kit = await kits.open();
    await make(kit);
    await expectFailure(make(kit), "ALREADY_EXISTS");
  });

  it("says what can be done about one that has its name: nobody updates a token", async () => {
    const kit = await kits.open();
    await make(kit);
    const { message } = await expectFailure(make(kit), "ALREADY_EXISTS");
    expect(message).to.match(/exists already; choose another id, or revoke it first$/);
  });

  for (const tokenId of ["", "-", "a/b", "a b", ".hidden", "x".repeat(65), "é"]) {
    it(`is not called ${JSON.stringify(tokenId.slice(0, 10))}`, async () => {
      const kit = await kits.open();
      const failure = await expectFailure(make(kit, tokenId), "FIELD_INVALID");
      expect(failure.violations[0]?.field).to.equal("token_id");
    });
  }

  it("needs a scope, and one that there is", async () => {
    const kit = await kits.open();
    await expectFailure(make(kit, "none", []), "FIELD_INVALID");
    await expectFailure(make(kit, "odd", [99 as Scope]), "FIELD_INVALID");
    await expectFailure(make(kit, "odd", [Scope.UNSPECIFIED]), "FIELD_INVALID");
  });

  for (const seconds of [0n, -1n, 11n * 366n * 86_400n]) {
    it(`does not last ${seconds} s`, async () => {
      const kit = await kits.open();
      await expectFailure(
        kit.client.access.createToken({ tokenId: "t", scopes: [READ], ttl: { seconds } }),
        "FIELD_INVALID",
      );
    });
  }

  it("never grants what its maker does not hold", async () => {
    const kit = await kits.open();
    const { access } = kit.core;
    for (const [held, wanted] of [
      [[READ], [WRITE]],
      [[WRITE], [ADMIN]],
      [[READ, WRITE, APPROVE, PAIR], [ADMIN]],
      [[WRITE], [NODE]],
      [[PAIR], [READ]],
    ] as const) {
      const caller = { principal: "tokens/maker", scopes: expandScopes(held) };
      const made = access.tokens.create({ tokenId: "t", scopes: wanted, ttlMs: undefined, caller });
      const failure = await made.then(
        () => undefined,
        (error: unknown) => error as Failure,
      );
      expect(failure).to.be.instanceOf(Failure);
      expect(failure?.reason).to.equal(ErrorReason.SCOPE_MISSING);
    }
  });

  it("may serve as a node when an administrator says so, who cannot do that", async () => {
    const kit = await kits.open();
    const { token } = await make(kit, "node", [NODE]);
    expect(token?.scopes).to.deep.equal([NODE]);
  });

  it("never outlives the credential that made it", async () => {
    const kit = await kits.open();
    const { access } = kit.core;
    const caller = { principal: "tokens/a", scopes: expandScopes([ADMIN]), expireTimeMs: kit.clock.nowMs() + 60_000 };
    const make = (ttlMs: number | undefined) => access.tokens.create({ tokenId: "t", scopes: [READ], ttlMs, caller });
    for (const ttlMs of [undefined, 3_600_000]) {
      const failure = await make(ttlMs).then(
        () => undefined,
        (error: unknown) => error as Failure,
      );
      expect(failure?.violations[0]?.field).to.equal("ttl");
    }
    const { token } = await make(30_000);
    expect(token.name).to.equal("tokens/t");
  });

  it("is refused from the moment it expires, by that name", async () => {
    const kit = await kits.open();
    const { secret } = await kit.client.access.createToken({ tokenId: "t", scopes: [READ], ttl: { seconds: 60n } });
    const { credentials } = kit.core.access;
    kit.clock.advance(59_000);
    expect(credentials.find(secret)?.principal).to.equal("tokens/t");
    kit.clock.advance(2_000);
    for (let time = 0; time < 2; time += 1) expect(() => credentials.find(secret)).to.throw("has expired");
  });

  it("is refused from the moment it is revoked, by that name, and its name is free again", async () => {
    const kit = await kits.open();
    const { secret } = await make(kit);
    const { access } = kit.core;
    const caller = access.credentials.find(secret);
    await kit.client.access.revokeToken({ name: "tokens/ci" });
    expect(() => access.credentials.find(secret)).to.throw("was revoked");
    expect(caller?.ended?.aborted).to.be.true;
    const { secret: next } = await make(kit);
    expect(access.credentials.find(next)?.principal).to.equal("tokens/ci");
    expect(() => access.credentials.find(secret)).to.throw("was revoked");
  });

  it("that is not there cannot be revoked", async () => {
    const kit = await kits.open();
    await expectFailure(kit.client.access.revokeToken({ name: "tokens/none" }), "NOT_FOUND");
    await expectFailure(kit.client.access.revokeToken({ name: "devices/x" }), "FIELD_INVALID");
  });

  it("is listed by name, page by page, never with its secret", async () => {
    const kit = await kits.open();
    const secrets: string[] = [];
    for (const id of ["c", "a", "b"]) secrets.push((await make(kit, id)).secret);
    const first = await kit.client.access.listTokens({ pageSize: 2 });
    const second = await kit.client.access.listTokens({ pageSize: 2, pageToken: first.nextPageToken });
    const names = [...first.tokens, ...second.tokens].map(({ name }) => name);
    expect(names).to.deep.equal(["tokens/a", "tokens/b", "tokens/c"]);
    expect(second.nextPageToken).to.equal("");
    const text = JSON.stringify([first, second], (_key, value) => (typeof value === "bigint" ? String(value) : value));
    for (const secret of secrets) expect(text).not.to.contain(secret);
    await expectFailure(kit.client.access.listDevices({ pageToken: first.nextPageToken }), "FIELD_INVALID");
  });

  it("tells when it was last used, at once and after a restart", async () => {
    const kit = await kits.open();
    const { secret } = await make(kit);
    const used = async () => (await kit.client.access.listTokens({})).tokens[0]?.useTime;
    expect(await used()).to.equal(undefined);
    kit.core.access.credentials.find(secret);
    const first = await used();
    expect(first).not.to.equal(undefined);
    await kit.restart();
    expect(await used()).to.deep.equal(first);
  });

  it("costs no write for each use, and no event", async () => {
    const kit = await kits.open();
    const { secret } = await make(kit);
    const { events } = kit.core;
    await kit.core.access.tidy();
    const before = events.head;
    let commits = 0;
    const { transact } = kit.store;
    kit.store.transact = (work) => {
      commits += 1;
      return transact.call(kit.store, work) as never;
    };
    for (let use = 0; use < 100; use += 1) kit.core.access.credentials.find(secret);
    expect(commits).to.equal(0);
    await kit.core.access.tidy();
    expect(commits).to.equal(1);
    await kit.core.access.tidy();
    expect(events.head).to.equal(before);
  });

  it("is told of in events: that it was made, and that it ended", async () => {
    const kit = await kits.open();
    const { cursor } = await kit.client.access.listTokens({});
    const { secret } = await make(kit);
    await kit.client.access.revokeToken({ name: "tokens/ci" });
    const { events } = await kit.client.events.listEvents({ cursor });
    expect(events.map(({ change, subject, actor }) => [change, subject, actor])).to.deep.equal([
      [Event_Change.CREATED, "tokens/ci", "token"],
      [Event_Change.DELETED, "tokens/ci", "token"],
    ]);
    const text = JSON.stringify(events, (_key, value) => (typeof value === "bigint" ? String(value) : value));
    expect(text).not.to.contain(secret);
  });

  it("is good after a restart, and one that ended stays ended", async () => {
    const kit = await kits.open();
    const { secret: good } = await make(kit, "good", [WRITE]);
    const { secret: revoked } = await make(kit, "revoked");
    await kit.client.access.revokeToken({ name: "tokens/revoked" });
    const { secret: brief } = await kit.client.access.createToken({
      tokenId: "b",
      scopes: [READ],
      ttl: { seconds: 1n },
    });
    kit.clock.advance(2_000);
    await kit.restart();
    const { credentials } = kit.core.access;
    expect(credentials.find(good)).to.deep.include({ principal: "tokens/good", scopes: [READ, WRITE] });
    expect(() => credentials.find(revoked)).to.throw("was revoked");
    expect(() => credentials.find(brief)).to.throw("has expired");
  });

  it("takes with it, when it is revoked, the setup codes it made and nobody used", async () => {
    const kit = await kits.open();
    await make(kit, "admin", [ADMIN]);
    const { setupCode } = await kit.as("tokens/admin", [ADMIN]).access.createSetupCode({});
    await kit.client.access.revokeToken({ name: "tokens/admin" });
    await expectFailure(kit.client.access.requestPairing({ title: "late", setupCode }), "CREDENTIALS_INVALID");
  });
});
