import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "chai";
import { BlobDirectory } from "../../../src/storage/blob/blob-directory.ts";

describe("the directory of blobs", () => {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-blob-directory-"));
  after(() => rmSync(folder, { recursive: true }));

  it("opens a file when its first piece is wanted: one that is gone fails its reader, and nobody else", async () => {
    const blobs = new BlobDirectory(folder);
    const hash = "ab".repeat(32);
    void blobs.read(hash, 0);
    // An error nobody listens for would end this process now.
    await wait(20);
    const reader = blobs.read(hash, 0)[Symbol.asyncIterator]();
    const error = await reader.next().catch((thrown: NodeJS.ErrnoException) => thrown);
    expect(error).to.include({ code: "ENOENT" });
  });
});
