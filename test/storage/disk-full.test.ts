import { execFileSync, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../../src/core/errors.ts";
import { StoreUnusableError } from "../../src/storage/database-file.ts";
import { makeEvent, makeMessage, makeSession, textPart } from "./support/resources.ts";
import { TemporaryStore } from "./support/temporary-store.ts";
import { findBrokenPromises, WriterProcess } from "./support/writer-process.ts";

describe("a store that cannot grow", function () {
  this.timeout(60_000);
  let temporary: TemporaryStore;
  let mounted = false;

  beforeEach(() => {
    mounted = false;
    temporary = new TemporaryStore();
  });

  afterEach(async () => {
    await temporary.close();
    if (mounted) execFileSync("umount", [temporary.dir]);
    await temporary.remove();
  });

  it("refuses changes while its disk is full, reads on, and takes them again when there is space", async function () {
    mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", temporary.dir]).status === 0;
    if (!mounted) this.skip();
    const store = await temporary.open();
    await store.transact(({ sessions }) => sessions.insert(makeSession("a")));
    const filler = join(temporary.dir, "filler");
    fillUp(filler);
    const add = (position: number) =>
      store.transact(async ({ messages, events }) => {
        await messages.insert(makeMessage("sessions/a", position, { parts: [textPart("x".repeat(50_000))] }));
        await events.append(makeEvent("a"));
      });
    const kept: number[] = [];
    let refusal: unknown;
    for (let position = 1; refusal === undefined && position <= 200; position += 1) {
      await add(position).then(
        () => kept.push(position),
        (error: unknown) => {
          refusal = error;
        },
      );
    }
    expect(refusal).to.be.instanceOf(Failure).with.property("reason", ErrorReason.READ_ONLY);
    expect((refusal as Failure).message).to.contain("full");
    expect((await store.read(({ sessions }) => sessions.find("sessions/a")))?.name).to.equal("sessions/a");
    rmSync(filler);
    await add(1_000);
    await temporary.open();
    const positions = await temporary.store.read(({ messages }) =>
      messages.list({ session: "sessions/a", generation: 1, order: "oldest", limit: 1_000 }),
    );
    expect(positions.map((message) => Number(message.position))).to.deep.equal([...kept, 1_000]);
    expect(await temporary.store.checkIntegrity()).to.deep.equal([]);
  });

  it("is not made half on a disk without space, and made whole when there is some", async function () {
    mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", temporary.dir]).status === 0;
    if (!mounted) this.skip();
    const filler = join(temporary.dir, "filler");
    fillUp(filler, "100K");
    const refusal = await temporary.open().catch((error: unknown) => error);
    await temporary.close();
    expect(refusal).to.be.instanceOf(StoreUnusableError).and.to.include({ passing: true });
    expect((refusal as Error).message).to.contain("openclaw.db cannot be written: its disk is full");
    rmSync(filler);
    expect((await temporary.open()).readOnlyReason).to.equal(undefined);
    expect(await temporary.store.checkIntegrity()).to.deep.equal([]);
  });

  it("keeps every promise when writes are cut short, and goes on when they are not any more", async function () {
    if (spawnSync("prlimit", ["--version"]).status !== 0) this.skip();
    const writer = new WriterProcess({ stateDir: temporary.dir, maxFileKib: 1_000 });
    while (writer.refused.length === 0) await writer.answers(50);
    expect(new Set(writer.refused)).to.deep.equal(new Set(["READ_ONLY"]));
    execFileSync("prlimit", ["--pid", String(writer.pid), "--fsize=unlimited"]);
    const before = writer.promised.size;
    while (writer.promised.size < before + 100) await writer.answers(50);
    await writer.kill();
    expect(await findBrokenPromises(await temporary.open(), writer.promised)).to.deep.equal([]);
  });
});

/** Leaves about so much. */
function fillUp(path: string, left = "500K"): void {
  const chunk = Buffer.alloc(65_536);
  try {
    for (;;) writeFileSync(path, chunk, { flag: "a" });
  } catch {
    execFileSync("truncate", [`--size=-${left}`, path]);
  }
}
