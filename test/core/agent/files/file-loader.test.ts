/** Reading the files a model is shown, from a source that misbehaves. */

import { expect } from "chai";
import type { ChosenFile } from "../../../../src/core/agent/files/file-choice.ts";
import { FileLoader, type FileSource } from "../../../../src/core/agent/files/file-loader.ts";
import { notFound } from "../../../../src/core/errors.ts";
import { silentLog } from "../../../../src/lib/log.ts";
import { attachment } from "../../../support/file-kit.ts";

const image: ChosenFile = { attachment: attachment("image/png", 10), kind: "image", maxBytes: 10 };
const text: ChosenFile = { attachment: attachment("text/plain", 10), kind: "text", maxBytes: 4 };

describe("the loader of files", () => {
  it("does without a file that was collected", async () => {
    const source: FileSource = { open: (name) => Promise.reject(notFound(name)) };
    expect(await load(source, image, text)).to.deep.equal([]);
  });

  it("does without a file that cannot be read to its end, and goes on with the next", async () => {
    let opened = 0;
    const source: FileSource = {
      open: async () => {
        opened += 1;
        return opened === 1 ? content("image/png", broken()) : content("text/plain", pieces("all of it"));
      },
    };
    expect((await load(source, image, text)).map(([file]) => file)).to.deep.equal([text.attachment]);
  });

  it("shows no picture that is larger than its message says", async () => {
    const source: FileSource = { open: async () => content("image/png", pieces("x".repeat(11)), 11) };
    expect(await load(source, image)).to.deep.equal([]);
  });

  it("takes the type of a picture from what is kept of its bytes", async () => {
    const source: FileSource = { open: async () => content("image/webp", pieces("0123456789")) };
    const [[, file] = []] = await load(source, image);
    expect(file).to.deep.equal({
      kind: "image",
      image: { mediaType: "image/webp", bytes: Buffer.from("0123456789") },
    });
  });

  it("reads no more of a text than is shown, and closes it", async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from("abc");
      } finally {
        isClosed = true;
      }
    }
    const source: FileSource = { open: async () => content("text/plain", endless()) };
    const [[, file] = []] = await load(source, text);
    expect(file).to.deep.equal({ kind: "text", text: "abca", cutAfterBytes: 4 });
    expect(isClosed).to.equal(true);
  });
});

async function load(source: FileSource, ...files: ChosenFile[]) {
  return [...(await new FileLoader(source, silentLog).load(files))];
}

function content(mediaType: string, bytes: AsyncIterable<Uint8Array>, sizeBytes = 10) {
  return { record: { hash: "0".repeat(64), sizeBytes, mediaType, usedTimeMs: 0 }, pieces: bytes };
}

async function* pieces(value: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(value);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("half");
  throw new Error("the disk says no");
}
