import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { Finding_Severity as Severity } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import { StoreCheck } from "../../../src/storage/care/store-check.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";

describe("the check of the store", () => {
  const kits = new CoreKits();
  let kit: CoreKit;
  let path: string;
  beforeEach(async () => {
    kit = await kits.open();
    await kit.ask("hello");
    path = join(kit.stateDir, "openclaw.db");
  });
  afterEach(() => kits.close());

  const { signal } = new AbortController();
  const look = (readOnlyReason?: string) =>
    new StoreCheck(kit.stateDir, { readOnlyReason: () => readOnlyReason }).run({ deep: false, repair: false, signal });

  it("finds nothing in one that is whole, open or not", async () => {
    expect(await look()).to.deep.equal([]);
    await kit.stop();
    expect(await look()).to.deep.equal([]);
  });

  it("finds a page that was overwritten", async () => {
    await kit.stop();
    const database = new DatabaseSync(path);
    const root = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'messages'").get()?.rootpage;
    const size = Number(database.prepare("PRAGMA page_size").get()?.page_size);
    database.close();
    const { openSync, writeSync, closeSync } = await import("node:fs");
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(size, 0xff), 0, size, (Number(root) - 1) * size);
    closeSync(file);
    const [finding] = await look();
    expect(finding).to.include({ check: "store", severity: Severity.ERROR, subject: path });
    expect(finding?.reason).to.contain("damaged");
    expect(finding?.fix).to.contain("openclaw backup restore");
  });

  it("finds a gap in the event log", async () => {
    await kit.stop();
    const database = new DatabaseSync(path);
    database.exec("DELETE FROM events WHERE sequence = 2");
    database.close();
    expect((await look())[0]?.reason).to.contain("event log");
  });

  it("finds a file that was cut off", async () => {
    await kit.stop();
    truncateSync(path, 5_000);
    expect((await look())[0]).to.include({ severity: Severity.ERROR });
  });

  it("finds that the database is gone and its log is there", async () => {
    await kit.stop();
    rmSync(path);
    writeFileSync(`${path}-wal`, "something");
    expect((await look())[0]).to.include({
      severity: Severity.ERROR,
      reason: "the database is gone, its log is there",
    });
  });

  it("says why an open store takes no changes", async () => {
    expect((await look("the disk is full"))[0]?.reason).to.contain("the disk is full");
  });

  const folds = async (check: StoreCheck): Promise<void> => {
    const [found] = await check.run({ deep: false, repair: false, signal });
    expect(found).to.include({ severity: Severity.WARNING, fixable: true, repaired: "" });
    const [repaired] = await check.run({ deep: false, repair: true, signal });
    expect(repaired?.repaired).to.contain("folded into the database");
    expect(await check.run({ deep: false, repair: false, signal })).to.deep.equal([]);
  };

  it("folds a log that has grown too large into the database when it is asked to, while the store is in use", async () => {
    await folds(new StoreCheck(kit.stateDir, { maxLogBytes: 10_000, fold: () => kit.store.fold() }));
    await kit.ask("still there?");
    expect(await kit.transcript()).to.have.length(4);
  });

  it("folds the log a crash left behind", async () => {
    const crashed = mkdtempSync(join(tmpdir(), "openclaw-crashed-"));
    for (const suffix of ["", "-wal"]) copyFileSync(path + suffix, join(crashed, `openclaw.db${suffix}`));
    await folds(new StoreCheck(crashed, { maxLogBytes: 10_000 }));
    rmSync(crashed, { recursive: true });
  });

  it("names copies that upgrades left behind", async () => {
    writeFileSync(`${path}.before-2`, "");
    expect((await look())[0]).to.include({ severity: Severity.INFO, subject: `${path}.before-2` });
  });

  it("stops when nobody waits any more", async () => {
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    const check = new StoreCheck(kit.stateDir).run({ deep: false, repair: false, signal: stop.signal });
    const error = await check.then(() => undefined).catch((thrown: Error) => thrown);
    expect(error?.message).to.equal("enough");
  });
});
