/** Files by their hash: uploads in chunks, what they are, what refers to them, when they go. */

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { AttachmentSchema, PartSchema, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Blobs } from "../../../src/core/blob/blobs.ts";
import type { Failure } from "../../../src/core/errors.ts";
import type { Once } from "../../../src/core/once.ts";
import { silentLog } from "../../../src/lib/log.ts";
import { BlobDirectory } from "../../../src/storage/blob/blob-directory.ts";
import { type CoreProcess, startCore } from "../../support/core-process.ts";
import { FillableDisk } from "../../support/fillable-store.ts";

const day = 86_400_000;

describe("blobs", () => {
  let stateDir: string;
  let now = Date.now();
  let running: CoreProcess;
  let blobs: Blobs;
  const clock = { nowMs: () => now };

  before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), "openclaw-blobs-"));
    running = await startCore(stateDir, clock, {});
    blobs = running.core.blobs;
    await running.core.sessions.create({ sessionId: "files", forkFrom: "", actor: "test" }, once());
  });
  after(async () => {
    await running.stop();
    await rm(stateDir, { recursive: true });
  });

  it("are whole once every chunk came, and read from any offset", async () => {
    const { name, content } = fileOf(300_000);
    expect(await upload(name, content, [100_000, 100_000, 100_000])).to.deep.equal([100_000, 200_000, 300_000]);
    expect(await read(name, 0)).to.deep.equal(content);
    expect(await read(name, 250_001)).to.deep.equal(content.subarray(250_001));
    expect(await read(name, 300_000)).to.have.length(0);
  });

  it("answer a chunk that was taken already with what is held", async () => {
    const { name, content } = fileOf(1_000);
    await blobs.upload(chunkOf(name, content, 0, 600));
    expect(await blobs.upload(chunkOf(name, content, 0, 600))).to.deep.equal({ committedBytes: 600, complete: false });
    expect(await blobs.upload(chunkOf(name, content, 600, 1_000))).to.deep.equal({
      committedBytes: 1_000,
      complete: true,
    });
    expect(await blobs.upload(chunkOf(name, content, 0, 600))).to.deep.equal({ committedBytes: 1_000, complete: true });
  });

  it("take the same file from several clients at once", async () => {
    const { name, content } = fileOf(64_000);
    const one = async (): Promise<void> => {
      for (let at = 0; at < content.length; ) {
        const { committedBytes } = await blobs.upload(chunkOf(name, content, at, Math.min(at + 8_000, content.length)));
        at = committedBytes;
      }
    };
    await Promise.all([one(), one(), one()]);
    expect(await read(name, 0)).to.deep.equal(content);
  });

  it("go on where an upload broke off when the gateway starts again", async () => {
    const { name, content } = fileOf(5_000);
    await blobs.upload(chunkOf(name, content, 0, 2_000));
    await running.stop();
    running = await startCore(stateDir, clock, {});
    blobs = running.core.blobs;
    expect((await blobs.upload(chunkOf(name, content, 0, 10))).committedBytes).to.equal(2_000);
    await blobs.upload(chunkOf(name, content, 2_000, 5_000));
    expect(await read(name, 0)).to.deep.equal(content);
  });

  it("refuse bytes with another hash, and can be begun again", async () => {
    const { name, content } = fileOf(100);
    const wrong = Buffer.alloc(100, 1);
    expect((await failureOf(blobs.upload(chunkOf(name, wrong, 0, 100)))).violations[0]?.field).to.equal("name");
    await blobs.upload(chunkOf(name, content, 0, 100));
    expect(await read(name, 0)).to.deep.equal(content);
  });

  for (const [what, change, field] of [
    ["a name that is no hash", { name: "blobs/../../etc/passwd" }, "name"],
    ["an upper-case hash", { name: `blobs/${"A".repeat(64)}` }, "name"],
    ["a gap before the chunk", { offset: 50, chunk: Buffer.alloc(10) }, "offset"],
    ["a chunk beyond the end", { offset: 95 }, "offset"],
    ["an empty chunk", { chunk: Buffer.alloc(0) }, "chunk"],
    ["a chunk above 1 MiB", { sizeBytes: 2_000_000, chunk: Buffer.alloc(1_048_577) }, "chunk"],
  ] as const) {
    it(`refuse ${what}`, async () => {
      const { name } = fileOf(100);
      const given = { name, sizeBytes: 100, offset: 0, chunk: Buffer.alloc(10), ...change };
      expect((await failureOf(async () => blobs.upload(given))).violations[0]?.field).to.equal(field);
    });
  }

  it("refuse a file above 100 MiB before a byte of it is kept", async () => {
    const { name } = fileOf(10);
    const given = { name, sizeBytes: 104_857_601, offset: 0, chunk: Buffer.alloc(10) };
    expect((await failureOf(async () => blobs.upload(given))).message).to.contain("larger than 104857600 bytes");
  });

  it("say what a file is by its bytes, not by its name", async () => {
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    const page = Buffer.from("<html><script>alert(1)</script></html>");
    expect((await keep(png, "cute.txt")).mediaType).to.equal("image/png");
    expect((await keep(page, "image.png")).mediaType).to.equal("text/plain");
    expect((await keep(Buffer.from([0, 1, 2, 3, 255]), "a.pdf")).mediaType).to.equal("application/octet-stream");
  });

  it("keep a plain name of a file, whatever path it came with", async () => {
    expect((await keep(Buffer.from("a"), "../../.ssh/\u0000authorized_keys")).fileName).to.equal("authorized_keys");
    expect((await keep(Buffer.from("b"), "C:\\temp\\x.doc")).fileName).to.equal("x.doc");
  });

  it("stop taking a stream at its limit and leave nothing of it", async () => {
    const failure = await failureOf(() => blobs.store(pieces(20, 1_000), { fileName: "x", maxBytes: 10_000 }));
    expect(failure.message).to.contain("larger than 10000 bytes");
    expect(await readdir(join(stateDir, "blobs", "unfinished"))).to.deep.equal([]);
  });

  it("are for the owner's eyes only", async () => {
    const { blob } = await keep(randomBytes(10), "x");
    expect((await stat(pathOf(blob))).mode & 0o777).to.equal(0o600);
    expect((await stat(join(stateDir, "blobs"))).mode & 0o777).to.equal(0o700);
  });

  it("whose file somebody took away do not exist", async () => {
    const { blob } = await keep(randomBytes(10), "x");
    await rm(pathOf(blob));
    expect((await failureOf(read(blob, 0))).message).to.equal(`${blob} does not exist`);
  });

  it("must be there before a message names them", async () => {
    const parts = [partOf(`blobs/${"0".repeat(64)}`)];
    const failure = await failureOf(() => append(parts));
    expect(failure.violations[0]?.description).to.contain("upload it with BlobService.UploadBlob first");
  });

  it("go a day after their last use unless a message refers to them, and with the last message that does", async () => {
    const kept = await keep(randomBytes(100), "kept.bin");
    const unused = await keep(randomBytes(100), "unused.bin");
    const message = await append([partOf(kept.blob)]);
    expect(message.parts[0]?.kind.value).to.include({ sizeBytes: 100n, mediaType: "application/octet-stream" });
    now += 2 * day;
    await blobs.collect();
    expect(await exists(unused.blob)).to.equal(false);
    expect(await exists(kept.blob)).to.equal(true);
    await running.core.sessions.delete({ name: "sessions/files", etag: "", actor: "test" });
    await blobs.collect();
    expect(await exists(kept.blob)).to.equal(false);
  });

  it("stay while somebody needs all of them, also when dropping has begun", async () => {
    const old = [await keep(randomBytes(100), "a"), await keep(randomBytes(100), "b")];
    now += 2 * day;
    const collected = blobs.collect();
    const release = await blobs.keepAll();
    await collected;
    const there = async (): Promise<number> =>
      (await Promise.all(old.map(({ blob }) => exists(blob)))).filter(Boolean).length;
    const left = await there();
    await blobs.collect();
    expect(await there()).to.equal(left);
    const another = await blobs.keepAll();
    release();
    release();
    await blobs.collect();
    expect(await there()).to.equal(left);
    another();
    await blobs.collect();
    expect(await there()).to.equal(0);
  });

  it("stay when they were uploaded again meanwhile", async () => {
    const { name, content } = fileOf(50);
    await blobs.upload(chunkOf(name, content, 0, 50));
    now += 2 * day;
    await blobs.upload(chunkOf(name, content, 0, 50));
    await blobs.collect();
    expect(await exists(name)).to.equal(true);
  });

  it("stay when they come in again at the very moment they are dropped", async () => {
    const dropping = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const files = new (class extends BlobDirectory {
      override async delete(hash: string): Promise<void> {
        dropping.resolve();
        await goOn.promise;
        await super.delete(hash);
      }
    })(stateDir);
    const { store } = running.core;
    const slow = new Blobs({ store, files, clock, log: silentLog, maxTotalBytes: () => 1_000_000 });
    const content = randomBytes(100);
    const { blob } = await keep(content, "x");
    now += 2 * day;
    const collected = slow.collect();
    await dropping.promise;
    const kept = slow.store(pieces(1, 0, content), { fileName: "x", maxBytes: 1_000 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    goOn.resolve();
    await Promise.all([collected, kept]);
    expect(await exists(blob)).to.equal(true);
  });

  it("leave no file behind when the store does not take their record", async () => {
    const disk = new FillableDisk();
    disk.full = true;
    const files = new BlobDirectory(stateDir);
    const parts = {
      store: disk.wrap(running.core.store),
      files,
      clock,
      log: silentLog,
      maxTotalBytes: () => 1_000_000_000,
    };
    const few = new Blobs(parts);
    const content = randomBytes(100);
    const uploaded = fileOf(100);
    const stored = () => few.store(pieces(1, 0, content), { fileName: "x", maxBytes: 1_000 });
    const upload = () => few.upload(chunkOf(uploaded.name, uploaded.content, 0, 100));
    expect((await failureOf(stored)).reason).to.equal(ErrorReason.READ_ONLY);
    expect((await failureOf(upload)).reason).to.equal(ErrorReason.READ_ONLY);
    const name = `blobs/${createHash("sha256").update(content).digest("hex")}`;
    for (const blob of [name, uploaded.name]) expect(await exists(blob)).to.equal(false);
    disk.full = false;
    await Promise.all([stored(), upload()]);
    for (const blob of [name, uploaded.name]) expect(await exists(blob)).to.equal(true);
    disk.full = true;
    expect((await failureOf(stored)).reason).to.equal(ErrorReason.READ_ONLY);
    expect(await exists(name)).to.equal(true);
  });

  it("that nobody finished are dropped after a day", async () => {
    const { name, content } = fileOf(50);
    await blobs.upload(chunkOf(name, content, 0, 20));
    now = Date.now() + 2 * day;
    await blobs.collect();
    expect((await blobs.upload(chunkOf(name, content, 0, 10))).committedBytes).to.equal(10);
  });

  function append(parts: ReturnType<typeof partOf>[]) {
    const request = { parent: "sessions/files", role: Role.USER, parts, actor: "test" };
    return running.core.transcript.append(request, once());
  }

  function keep(content: Buffer, fileName: string) {
    return blobs.store(pieces(1, 0, content), { fileName, maxBytes: 1_000_000 });
  }

  async function upload(name: string, content: Buffer, sizes: readonly number[]): Promise<number[]> {
    const committed: number[] = [];
    let at = 0;
    for (const size of sizes) {
      committed.push((await blobs.upload(chunkOf(name, content, at, at + size))).committedBytes);
      at += size;
    }
    return committed;
  }

  async function read(name: string, offset: number): Promise<Buffer> {
    const found: Uint8Array[] = [];
    for await (const piece of (await blobs.open(name, offset)).pieces) found.push(piece);
    return Buffer.concat(found);
  }

  async function exists(name: string): Promise<boolean> {
    const onDisk = await stat(pathOf(name)).then(
      () => true,
      () => false,
    );
    const known = await blobs.open(name, 0).then(
      async ({ pieces: rest }) => {
        for await (const _ of rest) break;
        return true;
      },
      () => false,
    );
    expect(onDisk).to.equal(known);
    return known;
  }

  function pathOf(name: string): string {
    const hash = name.slice("blobs/".length);
    return join(stateDir, "blobs", hash.slice(0, 2), hash);
  }
});

/** A call that was never done before. */
function once<Answer>(): Once<Answer> {
  const decode = (): never => {
    throw new Error("it was done before");
  };
  return {
    principal: "test",
    method: "test",
    requestId: randomUUID(),
    requestHash: new Uint8Array(),
    encode: () => new Uint8Array(),
    decode,
  };
}

function fileOf(size: number): { name: string; content: Buffer } {
  const content = randomBytes(size);
  return { name: `blobs/${createHash("sha256").update(content).digest("hex")}`, content };
}

function chunkOf(name: string, content: Buffer, from: number, to: number) {
  return { name, sizeBytes: content.length, offset: from, chunk: content.subarray(from, to) };
}

async function* pieces(count: number, size: number, content: Buffer = randomBytes(size)): AsyncGenerator<Uint8Array> {
  for (let piece = 0; piece < count; piece++) yield content;
}

function partOf(blob: string) {
  const value = create(AttachmentSchema, { blob, mediaType: "image/png", fileName: "a.png", sizeBytes: 1n });
  return create(PartSchema, { kind: { case: "attachment", value } });
}

async function failureOf(work: Promise<unknown> | (() => Promise<unknown>)): Promise<Failure> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    return error as Failure;
  }
  throw new Error("it was not refused");
}
