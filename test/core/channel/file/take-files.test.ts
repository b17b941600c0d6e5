/** Files of a message are taken as far as they can be had; the message stands without the others. */

import { expect } from "chai";
import { takeFiles } from "../../../../src/core/channel/file/take-files.ts";
import { RecordingHost } from "../../../support/recording-host.ts";

async function* content(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const gone = async (): Promise<AsyncIterable<Uint8Array>> => {
  throw new Error("it is gone");
};

describe("takeFiles", () => {
  it("keeps what can be had in order, and says in words what cannot", async () => {
    const files = [
      { fileName: "a.txt", open: () => content("a"), instead: "[a]" },
      { fileName: "b.txt", open: gone, instead: "[b]" },
      { fileName: "c.txt", open: async () => content("c"), instead: "[c]" },
    ];
    const { attachments, missing } = await takeFiles(files, new RecordingHost(), new AbortController().signal);
    expect(attachments.map(({ fileName }) => fileName)).to.deep.equal(["a.txt", "c.txt"]);
    expect(missing).to.deep.equal(["[b]"]);
  });

  it("takes no message for whole that was given up on the way", async () => {
    const stopped = AbortSignal.abort(new Error("the channel was stopped"));
    const files = [{ fileName: "b.txt", open: gone, instead: "[b]" }];
    const taken = await takeFiles(files, new RecordingHost(), stopped).catch((error: Error) => error.message);
    expect(taken).to.equal("the channel was stopped");
  });
});
