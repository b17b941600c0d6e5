/** Which files a model is shown. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import {
  type Attachment,
  type Message,
  MessageSchema,
  Message_Role as Role,
} from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { chooseFiles, imageBounds, textBounds } from "../../../../src/core/agent/files/file-choice.ts";
import type { ModelReader } from "../../../../src/core/agent/model.ts";
import { attachment, filePart } from "../../../support/file-kit.ts";

const mebibyte = 1_048_576;
const seeing: ModelReader = { contextTokens: 200_000, takesImages: true };

describe("the files a model is shown", () => {
  it("are pictures and texts, and nothing else", () => {
    const types = ["image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "text/csv", "application/json"];
    const others = ["image/svg+xml", "image/tiff", "image/apng", "application/pdf", "audio/ogg", "video/mp4", ""];
    expect(chosen([...types, ...others].map((type) => from(Role.USER, attachment(type, 10, type))))).to.have.members(
      types,
    );
  });

  it("are no pictures when the model takes none", () => {
    const messages = [from(Role.USER, attachment("image/png", 10, "picture"), attachment("text/plain", 10, "text"))];
    expect(chosen(messages, { ...seeing, takesImages: false })).to.deep.equal(["text"]);
  });

  it("are those sent to the agent, not those it sent", () => {
    const roles = { USER: Role.USER, ASSISTANT: Role.ASSISTANT, SYSTEM: Role.SYSTEM };
    const messages = Object.entries(roles).map(([name, role]) => from(role, attachment("image/png", 10, name)));
    expect(chosen(messages)).to.have.members(["USER", "SYSTEM"]);
  });

  describe("when there are many pictures", () => {
    it("are the eight newest", () => {
      const messages = Array.from({ length: 12 }, (_, index) =>
        from(Role.USER, attachment("image/png", 10, String(index))),
      );
      expect(chosen(messages)).to.deep.equal(["11", "10", "9", "8", "7", "6", "5", "4"]);
    });

    it("are the first of one message", () => {
      const files = Array.from({ length: 9 }, (_, index) => attachment("image/png", 10, String(index)));
      expect(chosen([from(Role.USER, ...files)])).to.deep.equal(["0", "1", "2", "3", "4", "5", "6", "7"]);
    });

    it("leave out one above 5 MiB and go on with older ones", () => {
      const limit = imageBounds.eachBytes;
      const messages = [limit, limit + 1].map((size) => from(Role.USER, attachment("image/png", size, String(size))));
      expect(chosen(messages)).to.deep.equal([String(limit)]);
    });

    it("have 20 MiB together", () => {
      const sizes = [1 * mebibyte, 5 * mebibyte, 5 * mebibyte, 5 * mebibyte, 5 * mebibyte];
      const messages = sizes.map((size, index) => from(Role.USER, attachment("image/png", size, String(index))));
      expect(chosen(messages)).to.deep.equal(["4", "3", "2", "1"]);
    });

    it("count the same picture each time it stands there", () => {
      const same = attachment("image/png", 10, "same");
      const messages = Array.from({ length: 10 }, () => from(Role.USER, { ...same }));
      expect(chosen(messages)).to.have.length(8);
    });
  });

  describe("when there is much text", () => {
    it("are cut after 64 KiB each", () => {
      const [file] = chooseFiles([from(Role.USER, attachment("text/plain", 1_000_000))], seeing);
      expect(file).to.include({ kind: "text", maxBytes: textBounds.eachBytes });
    });

    it("have 256 KiB together, newest first, the last one cut", () => {
      const sizes = [50_000, 50_000, 60_000, 60_000, 60_000, 60_000];
      const files = chooseFiles(
        sizes.map((size) => from(Role.USER, attachment("text/plain", size))),
        seeing,
      );
      expect(files.map(({ maxBytes }) => maxBytes)).to.deep.equal([60_000, 60_000, 60_000, 60_000, 22_144]);
    });

    it("are not cut to next to nothing", () => {
      const sizes = [900, 2_000, 65_536, 65_536, 65_536, 64_536];
      const messages = sizes.map((size, index) => from(Role.USER, attachment("text/plain", size, String(index))));
      expect(chosen(messages)).to.deep.equal(["5", "4", "3", "2", "0"]);
    });

    it("leave a model with a small window half of it", () => {
      const messages = [from(Role.USER, attachment("text/plain", 60_000))];
      const [file] = chooseFiles(messages, { ...seeing, contextTokens: 8_000 });
      expect(file?.maxBytes).to.equal(16_000);
    });

    it("are 64 at most", () => {
      const messages = Array.from({ length: 100 }, () => from(Role.USER, attachment("text/plain", 1)));
      expect(chooseFiles(messages, seeing)).to.have.length(64);
    });

    it("are not empty", () => {
      expect(chooseFiles([from(Role.USER, attachment("text/plain", 0))], seeing)).to.deep.equal([]);
    });
  });
});

/** The names of the files that are chosen, in the order of choice. */
function chosen(messages: readonly Message[], reader = seeing): string[] {
  return chooseFiles(messages, reader).map((file) => file.attachment.fileName);
}

function from(role: Role, ...files: Attachment[]): Message {
  return create(MessageSchema, { role, parts: files.map(filePart) });
}
