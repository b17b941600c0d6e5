import { hash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { PairingRequestSchema, TokenSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import type { AccessWriter } from "../../../src/core/access/access-table.ts";
import { TemporaryStore } from "../support/temporary-store.ts";

const digestOf = (text: string): Buffer => hash("sha256", text, "buffer");
const token = (id: string, creator = "token") => create(TokenSchema, { name: `tokens/${id}`, creator });

describe("the tables of access", () => {
  const temporary = new TemporaryStore();
  const change = <T>(work: (access: AccessWriter) => Promise<T>) =>
    temporary.store.transact(({ access }) => work(access));

  beforeEach(() => temporary.open());
  afterEach(async () => {
    await change(async ({ tokens }) => {
      for (const { resource } of await tokens.list("", 100)) await tokens.delete(resource.name);
    });
  });
  after(() => temporary.remove());

  it("find a holder by its name and by the digest of its secret, also when the store is opened again", async () => {
    await change(({ tokens }) => tokens.put({ resource: token("a"), digest: digestOf("a") }));
    await temporary.open();
    const found = await temporary.store.read(async ({ access: { tokens } }) => [
      await tokens.find("tokens/a"),
      await tokens.findByDigest(digestOf("a")),
      await tokens.find("tokens/b"),
      await tokens.findByDigest(digestOf("b")),
    ]);
    expect(found.map((holder) => holder?.resource.name)).to.deep.equal(["tokens/a", "tokens/a", undefined, undefined]);
    expect(Buffer.from(found[0]?.digest ?? []).equals(digestOf("a"))).to.be.true;
  });

  it("replace a holder of the same name, and its secret with it", async () => {
    await change(async ({ tokens }) => {
      await tokens.put({ resource: token("a"), digest: digestOf("old") });
      await tokens.put({ resource: token("a", "x"), digest: digestOf("new") });
      expect(await tokens.findByDigest(digestOf("old"))).to.equal(undefined);
      expect((await tokens.findByDigest(digestOf("new")))?.resource.creator).to.equal("x");
      expect(await tokens.count()).to.equal(1);
    });
  });

  it("give no secret to two holders", async () => {
    const twice = change(async ({ tokens }) => {
      await tokens.put({ resource: token("a"), digest: digestOf("same") });
      await tokens.put({ resource: token("b"), digest: digestOf("same") });
    });
    expect(
      await twice.then(
        () => "kept",
        () => "refused",
      ),
    ).to.equal("refused");
    expect(await temporary.store.read(({ access }) => access.tokens.count())).to.equal(0);
  });

  it("keep holders without a secret beside each other", async () => {
    const request = (id: string) => create(PairingRequestSchema, { name: `pairingRequests/${id}` });
    await change(async ({ pairings }) => {
      await pairings.put({ resource: request("a"), digest: undefined });
      await pairings.put({ resource: request("b"), digest: undefined });
      expect((await pairings.list("", 10)).map(({ digest }) => digest)).to.deep.equal([undefined, undefined]);
    });
  });

  it("list by name, from where the last page ended", async () => {
    await change(async ({ tokens }) => {
      for (const id of ["c", "a", "b"]) await tokens.put({ resource: token(id), digest: digestOf(id) });
      const names = async (after: string, limit: number) =>
        (await tokens.list(after, limit)).map(({ resource }) => resource.name);
      expect(await names("", 2)).to.deep.equal(["tokens/a", "tokens/b"]);
      expect(await names("tokens/b", 2)).to.deep.equal(["tokens/c"]);
    });
  });

  it("keep setup codes until they are used, taken back or forgotten", async () => {
    const code = (text: string, expireTimeMs: number, creator = "token") => ({
      ...{ digest: digestOf(text), scopes: [Scope.READ], expireTimeMs, grantEndMs: undefined, creator, used: false },
    });
    await change(async ({ setupCodes }) => {
      for (const each of [code("a", 100), code("b", 200), code("c", 300, "tokens/x")]) await setupCodes.put(each);
      expect(await setupCodes.countUsable(150)).to.equal(2);
      await setupCodes.put({ ...code("b", 200), used: true });
      expect(await setupCodes.find(digestOf("b"))).to.deep.include({ used: true, scopes: [Scope.READ] });
      expect(await setupCodes.countUsable(150)).to.equal(1);
      await setupCodes.deleteOf("tokens/x");
      expect(await setupCodes.find(digestOf("c"))).to.equal(undefined);
      await setupCodes.prune(150);
      expect(await setupCodes.find(digestOf("a"))).to.equal(undefined);
      expect(await setupCodes.find(digestOf("b"))).not.to.equal(undefined);
    });
  });

  it("remember ended secrets: the latest ones, oldest first, not for ever and not more than asked for", async () => {
    await change(async ({ retired }) => {
      for (let time = 1; time <= 6; time += 1) {
        await retired.put({ digest: digestOf(String(time)), why: "revoked", endTimeMs: time });
      }
      const times = async (limit: number) => (await retired.list(limit)).map(({ endTimeMs }) => endTimeMs);
      expect(await times(3)).to.deep.equal([4, 5, 6]);
      await retired.prune(3, 100);
      expect(await times(100)).to.deep.equal([3, 4, 5, 6]);
      await retired.prune(0, 2);
      expect(await times(100)).to.deep.equal([5, 6]);
    });
  });
});
