import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toJson } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type Event, EventSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { MessageSchema, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { type GatewayClient, gatewayErrorFrom } from "../../../src/client/gateway-client.ts";
import { type Failure, reasonName } from "../../../src/core/errors.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { noFaults } from "../../../src/lib/fault-point.ts";
import { silentLog } from "../../../src/lib/log.ts";
import { restoreBackup } from "../../../src/storage/backup/restore-backup.ts";
import { StateBackups } from "../../../src/storage/backup/state-backups.ts";
import { verifyBackup } from "../../../src/storage/backup/verify-backup.ts";
import { openStore } from "../../../src/storage/sqlite-store.ts";
import { acquireStateLock } from "../../../src/storage/state-lock.ts";
import { BackupKit, type ReceivedBackup } from "../../support/backup-kit.ts";
import { CoreKit, CoreKits } from "../../support/core-kit.ts";
import { keepFile } from "../../support/file-kit.ts";
import { says, type Turn } from "../../support/scripted-model.ts";
import { until } from "../../support/until.ts";

/** Everything a client can read of a gateway, as JSON. */
async function readAll({ sessions, events }: GatewayClient) {
  const { sessions: all } = await sessions.listSessions({ pageSize: 500 });
  const messages = await Promise.all(
    all.map(async ({ name }) => (await sessions.listMessages({ parent: name, pageSize: 500 })).messages),
  );
  return {
    sessions: all.map((session) => toJson(SessionSchema, session)),
    messages: messages.flat().map((message) => toJson(MessageSchema, message)),
    events: (await allEvents(events)).map((event) => toJson(EventSchema, event)),
  };
}

async function allEvents(events: GatewayClient["events"]): Promise<Event[]> {
  return (await events.listEvents({ newestFirst: true, pageSize: 500 })).events.reverse();
}

describe("a backup of a gateway", function () {
  this.timeout(60_000);
  const kits = new CoreKits();
  let kit: CoreKit;
  let backups: BackupKit;
  beforeEach(async () => {
    backups = new BackupKit();
    kit = await kits.open();
  });
  afterEach(async () => {
    await kits.close();
    backups.remove();
  });

  /** A core on what the backup holds, in a place where nothing was. */
  const restored = async ({ path }: ReceivedBackup): Promise<CoreKit> => {
    const copy = new CoreKit({});
    await restoreInto(copy.stateDir, path);
    return copy;
  };
  const restoreInto = (stateDir: string, path: string) =>
    restoreBackup({
      path,
      stateDir,
      configPath: join(stateDir, "openclaw.json"),
      workspaceOf: async () => join(stateDir, "workspace"),
      force: false,
      stamp: "then",
      signal: new AbortController().signal,
    });

  const sourceOf = (stateDir: string): StateBackups => {
    const places = { stateDir, configPath: backups.path(), includes: [], workspace: backups.path() };
    return new StateBackups({ places: () => places, version: "1", clock: systemClock });
  };
  /** How many stores a backup holds. */
  const storesIn = async (source: StateBackups): Promise<number> => {
    const path = backups.path("archive");
    for await (const piece of source.create({ workspace: false, signal: new AbortController().signal })) {
      if (piece.case === "chunk") writeFileSync(path, piece.value, { flag: "a" });
    }
    const { files } = await verifyBackup(path);
    rmSync(path);
    return files.filter((file) => file.path === "state/openclaw.db").length;
  };

  it("restored elsewhere, has every session, message and event as the API shows them", async () => {
    await kit.newSession("garden");
    await kit.ask("what grows?", { parent: "sessions/garden" });
    await kit.ask("and who are you?");
    await kit.client.sessions.resetSession({ name: "sessions/main" });
    await kit.ask("again");
    const before = await readAll(kit.client);
    const copy = await restored(await backups.receive(kit.client));
    try {
      await copy.start();
      expect(await readAll(copy.client)).to.deep.equal(before);
      expect(copy.store.logId).to.equal(kit.store.logId);
      expect(await copy.store.checkIntegrity()).to.deep.equal([]);
    } finally {
      await copy.close();
    }
  });

  it("holds the store as it was at one moment, while runs write", async () => {
    const chatty: Turn = says(...Array.from({ length: 20 }, (_, index) => `word ${index} `));
    for (let index = 0; index < 200; index += 1) kit.model.script(chatty);
    let going = true;
    const speakers = ["a", "b", "c", "d"].map(async (id) => {
      const parent = await kit.newSession(id);
      while (going) await kit.ask("go on", { parent });
    });
    await kit.model.called(8);
    const received: ReceivedBackup[] = [];
    for (let index = 0; index < 3; index += 1) received.push(await backups.receive(kit.client));
    going = false;
    await Promise.all(speakers);
    const all = await kit.store.read(({ events }) => events.readAfter(0, 100_000, 100_000_000));
    const heads = [];
    for (const { path } of received) {
      const stateDir = backups.path("target");
      await restoreInto(stateDir, path);
      const events = await eventsOf(stateDir);
      expect(events.map(asJson)).to.deep.equal(all.slice(0, events.length).map(asJson));
      heads.push(events.length);
    }
    expect(heads[0]).to.be.greaterThan(8);
    expect(heads).to.deep.equal(heads.toSorted((one, other) => one - other));
    expect(heads.at(-1)).to.be.lessThan(all.length);
  });

  it("takes state, configuration, credentials and workspace, and nothing that is only true for a moment", async () => {
    const state = kit.stateDir;
    const files = ["gateway.token", ".env", "tls/key.pem", "workspace/notes/a.md", "openclaw.json", "blobs/ab/cdef"];
    const passing = [
      "gateway.lock.json",
      "boots.json",
      "logs/gateway.log",
      "gateway.token.new",
      "openclaw.db.before-1",
    ];
    for (const name of [...files, ...passing]) {
      mkdirSync(join(state, name, ".."), { recursive: true });
      writeFileSync(join(state, name), `this is ${name}`);
    }
    const { path, summary } = await backups.receive(kit.client);
    const { files: listed } = await verifyBackup(path);
    expect(listed.map((file) => file.path).sort()).to.deep.equal([
      "config/openclaw.json",
      "state/.env",
      "state/blobs/ab/cdef",
      "state/gateway.token",
      "state/openclaw.db",
      "state/tls/key.pem",
      "workspace/notes/a.md",
    ]);
    expect(summary.files).to.equal(7);
    const target = backups.path("target");
    await restoreInto(target, path);
    for (const name of files) expect(readFileSync(join(target, name), "utf8")).to.equal(`this is ${name}`);
  });

  it("leaves out the workspace when it is told to", async () => {
    mkdirSync(join(kit.stateDir, "workspace"));
    writeFileSync(join(kit.stateDir, "workspace", "large.bin"), "x".repeat(1_000));
    const { files } = await verifyBackup((await backups.receive(kit.client, true)).path);
    expect(files.map((file) => file.path)).to.deep.equal(["state/openclaw.db"]);
  });

  it("names what it does not hold", async () => {
    mkdirSync(join(kit.stateDir, "workspace"));
    symlinkSync("/etc/hostname", join(kit.stateDir, "workspace", "link"));
    const { path, summary } = await backups.receive(kit.client);
    expect(summary.warnings).to.have.length(1);
    expect(summary.warnings[0]).to.contain("workspace/link is a symbolic link");
    expect((await verifyBackup(path)).warnings).to.deep.equal(summary.warnings);
  });

  it("comes in chunks that are no larger than 256 KiB, with their sum", async () => {
    mkdirSync(join(kit.stateDir, "workspace"));
    const noise = Buffer.from(Array.from({ length: 1_500_000 }, (_, index) => (index * 2_654_435_761) >>> 13));
    writeFileSync(join(kit.stateDir, "workspace", "noise"), noise);
    const { path, summary, largestChunk } = await backups.receive(kit.client);
    expect(largestChunk).to.be.at.most(262_144);
    expect(Number(summary.archiveBytes)).to.equal(readFileSync(path).length);
  });

  it("leaves no copy of the store behind, read to its end or not", async () => {
    await backups.receive(kit.client);
    expect(copiesIn(kit.stateDir)).to.deep.equal([]);
    const reader = new AbortController();
    const left = kit.client.care.createBackup({}, { signal: reader.signal })[Symbol.asyncIterator]();
    await left.next();
    expect(copiesIn(kit.stateDir)).to.have.length(1);
    reader.abort();
    await until(() => copiesIn(kit.stateDir).length === 0, "the copy is gone");
    await backups.receive(kit.client);
    expect(copiesIn(kit.stateDir)).to.deep.equal([]);
  });

  it("ends with the reason its reader went away for, while it waits for the disk", async () => {
    const reader = new AbortController();
    const workspace = backups.path();
    mkdirSync(workspace);
    writeFileSync(join(workspace, "large"), randomBytes(8 * 1_048_576));
    const places = { stateDir: kit.stateDir, configPath: backups.path(), includes: [], workspace };
    const made = new StateBackups({ places: () => places, version: "1", clock: systemClock });
    const pieces = made.create({ workspace: true, signal: reader.signal });
    await pieces.next();
    await pieces.next();
    const next = pieces.next().catch((error: unknown) => error);
    const reason = new Error("the reader went away");
    reader.abort(reason);
    expect(await next).to.equal(reason);
  });

  it("holds every file its store names, also one that is dropped meanwhile", async () => {
    const { blob } = await keepFile(kit, "old.txt", "nobody needs this any more");
    kit.clock.advance(2 * 86_400_000);
    const path = backups.path("archive");
    for await (const { frame } of kit.client.care.createBackup({})) {
      // A reader takes its time: housekeeping comes by.
      if (frame.case === "backup") await kit.core.blobs.collect();
      if (frame.case === "chunk") writeFileSync(path, frame.value, { flag: "a" });
    }
    const hash = blob.replace("blobs/", "");
    const { files } = await verifyBackup(path);
    expect(files.filter((file) => file.path.includes(hash.slice(2)))).to.have.length(1);
    await kit.core.blobs.collect();
    expect(await kit.store.read(({ blobs }) => blobs.find(hash))).to.equal(undefined);
  });

  it("is made one at a time", async () => {
    const first = kit.client.care.createBackup({})[Symbol.asyncIterator]();
    await first.next();
    const refused = await backups.receive(kit.client).catch(gatewayErrorFrom);
    expect(refused).to.include({ reason: "RATE_LIMITED" });
    await first.return?.();
  });

  it("whose reader has gone before it begins holds up no other", async () => {
    const source = sourceOf(kit.stateDir);
    const gone = source.create({ workspace: false, signal: AbortSignal.abort(new Error("gone")) });
    expect(await gone.next().catch((error: Error) => error.message)).to.equal("gone");
    expect(await storesIn(source)).to.equal(1);
  });

  it("whose reader goes while the store is copied is over before the next one copies it", async () => {
    const parts = [{ kind: { case: "text" as const, value: "x".repeat(1_000_000) } }];
    for (let count = 0; count < 5; count++) {
      await kit.client.sessions.appendMessage({ parent: "sessions/main", message: { role: Role.USER, parts } });
    }
    const source = sourceOf(kit.stateDir);
    const reader = new AbortController();
    const left = source.create({ workspace: false, signal: reader.signal });
    const first = left.next().catch((error: Error) => error.message);
    while (copiesIn(kit.stateDir).length === 0) await new Promise(setImmediate);
    reader.abort(new Error("gone"));
    const second = await storesIn(source).catch((error: Failure) => reasonName(error.reason));
    expect(await first).to.equal("gone");
    expect(second).to.equal("RATE_LIMITED");
    expect(await storesIn(source)).to.equal(1);
  });

  it("replaces the copy a crash left behind", async () => {
    writeFileSync(join(kit.stateDir, "openclaw.db.copy-1"), "half a copy");
    const { files } = await verifyBackup((await backups.receive(kit.client)).path);
    expect(files.map((file) => file.path)).to.deep.equal(["state/openclaw.db"]);
    expect(copiesIn(kit.stateDir)).to.deep.equal([]);
  });

  it("of a folder without a store holds the rest", async () => {
    const { StateBackups } = await import("../../../src/storage/backup/state-backups.ts");
    const stateDir = backups.path("empty");
    mkdirSync(stateDir);
    writeFileSync(join(stateDir, "gateway.token"), "token");
    const places = {
      stateDir,
      configPath: join(stateDir, "openclaw.json"),
      includes: [],
      workspace: join(stateDir, "w"),
    };
    const source = new StateBackups({ places: () => places, version: "0.1.0", clock: kit.clock });
    const path = backups.path("archive");
    for await (const piece of source.create({ workspace: true, signal: new AbortController().signal })) {
      if (piece.case === "chunk") writeFileSync(path, piece.value, { flag: "a" });
    }
    expect((await verifyBackup(path)).files.map((file) => file.path)).to.deep.equal(["state/gateway.token"]);
    rmSync(stateDir, { recursive: true });
  });
});

/** Every event of a store nobody has open. */
async function eventsOf(stateDir: string): Promise<Event[]> {
  const lock = acquireStateLock(stateDir, { pid: process.pid, startTimeMs: 0 });
  const store = await openStore({ lock, clock: systemClock, log: silentLog, faults: noFaults });
  try {
    expect(await store.checkIntegrity()).to.deep.equal([]);
    return await store.read(({ events }) => events.readAfter(0, 100_000, 100_000_000));
  } finally {
    await store.close();
    lock.release();
  }
}

function asJson(event: Event) {
  return toJson(EventSchema, event);
}

function copiesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith("openclaw.db.copy-"));
}
