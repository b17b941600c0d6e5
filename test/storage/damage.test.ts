import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../../src/core/errors.ts";
import { StoreUnusableError } from "../../src/storage/database-file.ts";
import { makeMessage, makeSession, textPart } from "./support/resources.ts";
import { TemporaryStore } from "./support/temporary-store.ts";

const pageBytes = 4_096;

describe("a damaged store", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    const store = await temporary.open();
    await store.transact(async ({ sessions, messages }) => {
      await sessions.insert(makeSession("a"));
      for (let position = 1; position <= 100; position += 1) {
        await messages.insert(makeMessage("sessions/a", position, { parts: [textPart("words ".repeat(100))] }));
      }
    });
    await temporary.close();
  });

  afterEach(() => temporary.remove());

  const readMessage = () => temporary.store.read(({ messages }) => messages.find("sessions/a/messages/m00000050"));
  const readSession = () => temporary.store.read(({ sessions }) => sessions.find("sessions/a"));
  const addMessage = () => temporary.store.transact(({ messages }) => messages.insert(makeMessage("sessions/a", 101)));
  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail("nothing failed"),
      (error: unknown) => error as Error,
    );

  it("becomes read-only when a read comes upon the damage, and reads on where it can", async () => {
    damage(temporary.path, "messages");
    const store = await temporary.open();
    expect(store.readOnlyReason).to.equal(undefined);
    expect((await failureOf(readMessage())).message).to.contain("is damaged");
    expect(store.readOnlyReason).to.contain(temporary.path).and.contain("restore a backup");
    expect((await readSession())?.name).to.equal("sessions/a");
    const refusal = await failureOf(store.transact(({ sessions }) => sessions.insert(makeSession("b"))));
    expect(refusal).to.be.instanceOf(Failure).with.property("reason", ErrorReason.READ_ONLY);
    expect(refusal.message).to.contain("restore a backup");
  });

  it("becomes read-only when a change comes upon the damage, and keeps nothing of its batch", async () => {
    damage(temporary.path, "messages");
    const store = await temporary.open();
    const innocent = store.transact(({ sessions }) => sessions.insert(makeSession("b")));
    const waiting = addMessage();
    const failures = await Promise.all([failureOf(innocent), failureOf(waiting)]);
    for (const failure of failures) expect(failure).to.have.property("reason", ErrorReason.READ_ONLY);
    expect(store.readOnlyReason).to.contain("is damaged");
    expect(await store.read(({ sessions }) => sessions.find("sessions/b"))).to.equal(undefined);
  });

  it("opens read-only when the damage is found after a crash", async () => {
    const crashed = new TemporaryStore();
    await temporary.open();
    await temporary.store.transact(({ sessions }) => sessions.insert(makeSession("b")));
    copyFileSync(temporary.path, crashed.path);
    copyFileSync(`${temporary.path}-wal`, `${crashed.path}-wal`);
    damage(crashed.path, "messages");
    const damaged = readFileSync(crashed.path);
    const store = await crashed.open();
    expect(store.readOnlyReason).to.contain("is damaged");
    expect((await store.read(({ sessions }) => sessions.find("sessions/b")))?.name).to.equal("sessions/b");
    const refusal = await failureOf(store.transact(async () => {}));
    expect(refusal).to.have.property("reason", ErrorReason.READ_ONLY);
    await crashed.close();
    expect(readFileSync(crashed.path).equals(damaged)).to.equal(true);
    await crashed.remove();
  });

  it("opens as before after a crash that damaged nothing", async () => {
    const crashed = new TemporaryStore();
    await temporary.open();
    await temporary.store.transact(({ sessions }) => sessions.insert(makeSession("b")));
    copyFileSync(temporary.path, crashed.path);
    copyFileSync(`${temporary.path}-wal`, `${crashed.path}-wal`);
    const store = await crashed.open();
    expect(store.readOnlyReason).to.equal(undefined);
    await store.transact(({ sessions }) => sessions.insert(makeSession("c")));
    await crashed.remove();
  });

  it("is refused when not even the id of its log can be read, and its lock can be taken again", async () => {
    damage(temporary.path, "event_log");
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const refusal = await failureOf(temporary.open());
      expect(refusal).to.be.instanceOf(StoreUnusableError);
      expect(refusal.message).to.contain(temporary.path).and.contain("restore a backup");
    }
  });

  it("is found out by a check of its integrity", async () => {
    damage(temporary.path, "messages");
    await temporary.open();
    expect(await temporary.store.checkIntegrity()).not.to.deep.equal([]);
  });

  it("is found out when an event is missing", async () => {
    const database = new DatabaseSync(temporary.path);
    database.exec("UPDATE event_log SET head = 3");
    database.close();
    await temporary.open();
    expect((await temporary.store.checkIntegrity()).join()).to.contain("1 to 3");
  });
});

/** Overwrites the first page of a table. */
function damage(path: string, table: string): void {
  const copy = `${path}.look`;
  copyFileSync(path, copy);
  const database = new DatabaseSync(copy, { readOnly: true });
  const root = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table)?.rootpage;
  database.close();
  const bytes = readFileSync(path);
  bytes.fill(0xa5, (Number(root) - 1) * pageBytes, Number(root) * pageBytes);
  writeFileSync(path, bytes);
}
