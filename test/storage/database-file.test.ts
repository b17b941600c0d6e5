import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { silentLog } from "../../src/lib/log.ts";
import { openDatabaseFile, StoreUnusableError } from "../../src/storage/database-file.ts";
import { migrations } from "../../src/storage/migrations/migrations.ts";
import type { Migration } from "../../src/storage/sqlite/migrate.ts";
import { makeSession } from "./support/resources.ts";
import { TemporaryStore } from "./support/temporary-store.ts";

const next: Migration = {
  version: migrations.length + 1,
  apply: (connection) => connection.script("CREATE TABLE later (a)"),
};

describe("the file of the store", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    await temporary.open();
    await temporary.store.transact(({ sessions }) => sessions.insert(makeSession("a")));
    await temporary.close();
  });

  afterEach(() => temporary.remove());

  const refusal = async () => {
    const error = await temporary.open().catch((thrown: unknown) => thrown);
    await temporary.close();
    expect(error).to.be.instanceOf(StoreUnusableError);
    return (error as StoreUnusableError).message;
  };
  const openWith = (steps: readonly Migration[]) =>
    openDatabaseFile({ stateDir: temporary.dir, migrations: steps, log: silentLog });
  const change = (sql: string) => {
    const database = new DatabaseSync(temporary.path);
    database.exec(sql);
    database.close();
  };

  it("can be read by its owner alone, with everything beside it", async () => {
    await temporary.open();
    await temporary.store.transact(({ sessions }) => sessions.insert(makeSession("b")));
    for (const name of readdirSync(temporary.dir)) {
      expect([name, statSync(`${temporary.dir}/${name}`).mode & 0o777]).to.deep.equal([name, 0o600]);
    }
  });

  it("is migrated after a copy of it was made", async () => {
    const file = await openWith([...migrations, next]);
    expect(file.writer?.pragma("user_version")).to.equal(next.version);
    expect(file.writer?.pragma("table_info(later)")).not.to.equal(undefined);
    file.writer?.close();
    const copy = `${temporary.path}.before-${next.version}`;
    expect(statSync(copy).mode & 0o777).to.equal(0o600);
    const before = new DatabaseSync(copy, { readOnly: true });
    expect(before.prepare("PRAGMA user_version").get()).to.include({ user_version: migrations.length });
    expect(before.prepare("SELECT name FROM sessions").get()).to.include({ name: "sessions/a" });
    before.close();
  });

  it("stays what it was when a migration fails, and the next start tries again", async () => {
    const broken: Migration = { ...next, apply: (connection) => connection.script("CREATE TABLE sessions (again)") };
    const error = await openWith([...migrations, broken]).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error).with.property("message").that.contains("already exists");
    await temporary.open();
    expect((await temporary.store.read(({ sessions }) => sessions.find("sessions/a")))?.name).to.equal("sessions/a");
    await temporary.close();
    (await openWith([...migrations, next])).writer?.close();
  });

  it("makes no copy when there is nothing to migrate", async () => {
    await temporary.open();
    await temporary.close();
    expect(readdirSync(temporary.dir).filter((name) => name.includes("before"))).to.deep.equal([]);
  });

  it("is refused when a newer program has written it, and is not changed", async () => {
    change("PRAGMA user_version = 99");
    const bytes = readFileSync(temporary.path);
    expect(await refusal())
      .to.contain("schema 99")
      .and.contain(`knows ${migrations.length}`)
      .and.contain("openclaw.db.before-");
    expect(readFileSync(temporary.path).equals(bytes)).to.equal(true);
  });

  it("is refused when it is another program's database, and is not changed", async () => {
    rmSync(temporary.path);
    change("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
    const bytes = readFileSync(temporary.path);
    expect(await refusal()).to.contain("another program's");
    expect(readFileSync(temporary.path).equals(bytes)).to.equal(true);
  });

  it("is refused when it is no database at all", async () => {
    writeFileSync(temporary.path, "not a database, just some text that somebody put here by mistake\n".repeat(200));
    expect(await refusal())
      .to.contain(temporary.path)
      .and.contain("damaged")
      .and.contain("restore a backup");
  });

  it("is refused when it is empty", async () => {
    truncateSync(temporary.path, 0);
    expect(await refusal()).to.contain("is empty");
    expect(statSync(temporary.path).size).to.equal(0);
  });

  it("is not made anew when it is gone but its write-ahead log is not", async () => {
    rmSync(temporary.path);
    writeFileSync(`${temporary.path}-wal`, "frames");
    expect(await refusal()).to.contain("is gone");
    expect(existsSync(temporary.path)).to.equal(false);
  });

  it("is refused when its first page is overwritten", async () => {
    const bytes = readFileSync(temporary.path);
    bytes.fill(0xa5, 100, 4_096);
    writeFileSync(temporary.path, bytes);
    expect(await refusal()).to.contain("damaged");
  });

  it("is made whole when an earlier try to make it was cut short", async () => {
    rmSync(temporary.path);
    for (const suffix of ["", "-wal", "-shm"]) writeFileSync(`${temporary.path}.new${suffix}`, "half");
    await temporary.open();
    expect(await temporary.store.checkIntegrity()).to.deep.equal([]);
    expect(readdirSync(temporary.dir).filter((name) => name.includes("new"))).to.deep.equal([]);
  });
});
