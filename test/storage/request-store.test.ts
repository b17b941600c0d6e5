import { expect } from "chai";
import type { RequestRecord } from "../../src/core/request-table.ts";
import { TemporaryStore } from "./support/temporary-store.ts";

const record: RequestRecord = {
  principal: "token",
  method: "openclaw.gateway.v1.RunService/CreateRun",
  requestId: "0b3c2f4e-0000-4000-8000-000000000001",
  requestHash: Uint8Array.of(1, 2, 3),
  response: Uint8Array.of(),
  expireTimeMs: 2_000,
};

describe("requests on disk", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    await temporary.open();
  });

  afterEach(() => temporary.remove());

  const find = (principal: string, method: string, requestId: string) =>
    temporary.store.transact(({ requests }) => requests.find(principal, method, requestId));

  it("remembers a call across a restart", async () => {
    await temporary.store.transact(({ requests }) => requests.insert(record));
    await temporary.open();
    expect({ ...(await find(record.principal, record.method, record.requestId)) }).to.deep.equal(record);
  });

  it("tells calls of other principals, methods and ids apart", async () => {
    await temporary.store.transact(({ requests }) => requests.insert(record));
    expect(await find("other", record.method, record.requestId)).to.equal(undefined);
    expect(await find(record.principal, "other", record.requestId)).to.equal(undefined);
    expect(await find(record.principal, record.method, "other")).to.equal(undefined);
  });

  it("replaces a record of the same call", async () => {
    await temporary.store.transact(({ requests }) => requests.insert(record));
    const again = { ...record, response: Uint8Array.of(9), expireTimeMs: 5_000 };
    await temporary.store.transact(({ requests }) => requests.insert(again));
    expect({ ...(await find(record.principal, record.method, record.requestId)) }).to.deep.equal(again);
  });

  it("forgets no more at once than it is told to, the oldest first", async () => {
    await temporary.store.transact(async ({ requests }) => {
      for (const [index, requestId] of ["c", "a", "b"].entries()) {
        await requests.insert({ ...record, requestId, expireTimeMs: 1_000 - index });
      }
      expect(await requests.prune(2_000, 2)).to.equal(2);
    });
    expect(await find(record.principal, record.method, "c")).not.to.equal(undefined);
    expect(await temporary.store.transact(({ requests }) => requests.prune(2_000, 2))).to.equal(1);
  });

  it("forgets what has expired and says how many", async () => {
    await temporary.store.transact(async ({ requests }) => {
      await requests.insert(record);
      await requests.insert({ ...record, requestId: "later", expireTimeMs: 3_000 });
      expect(await requests.prune(1_999, 10)).to.equal(0);
      expect(await requests.prune(2_500, 10)).to.equal(1);
    });
    expect(await find(record.principal, record.method, record.requestId)).to.equal(undefined);
    expect((await find(record.principal, record.method, "later"))?.expireTimeMs).to.equal(3_000);
  });
});
