/** Pictures in requests to providers. */

import { expect } from "chai";
import type { Attachment, Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { ModelApi, ModelEntry } from "../../../src/models/model-settings.ts";
import { CoreKits } from "../../support/core-kit.ts";
import type { FakeScript } from "../../support/fake-model-servers/fake-model-server.ts";
import { fakeProviders, type ServedModel, serveModel } from "../../support/fake-model-servers/fake-providers.ts";
import { askWithFiles, attachment, filePart, keepFile, pictures } from "../../support/file-kit.ts";
import {
  assistantMessage,
  collect,
  modelRequest,
  noteMessage,
  textPart,
  userMessage,
} from "../../support/model-kit.ts";

const pngBytes = pictures["image/png"] ?? Buffer.alloc(0);
const png64 = pngBytes.toString("base64");

/** How each API is told "look", the name of a picture, the picture, and "well?". */
const expected: Readonly<Record<ModelApi, (mediaType: string, base64: string) => object[]>> = {
  "openai-completions": (mediaType, base64) => [
    { type: "text", text: "look\n\nname" },
    { type: "image_url", image_url: { url: `data:${mediaType};base64,${base64}` } },
    { type: "text", text: "well?" },
  ],
  "openai-responses": (mediaType, base64) => [
    { type: "input_text", text: "look\n\nname" },
    { type: "input_image", image_url: `data:${mediaType};base64,${base64}` },
    { type: "input_text", text: "well?" },
  ],
  "anthropic-messages": (mediaType, base64) => [
    { type: "text", text: "look\n\nname" },
    { type: "image", source: { type: "base64", media_type: mediaType, data: base64 } },
    { type: "text", text: "well?", cache_control: { type: "ephemeral" } },
  ],
  "google-generative-ai": (mediaType, base64) => [
    { text: "look\n\nname" },
    { inlineData: { mimeType: mediaType, data: base64 } },
    { text: "well?" },
  ],
};

describe("pictures in requests to providers", () => {
  const kits = new CoreKits();
  let served: ServedModel | undefined;
  afterEach(async () => {
    await kits.close();
    await served?.close();
  });

  async function serve(api: ModelApi, entry: Omit<ModelEntry, "id"> = {}, script: FakeScript = [{ text: "ok" }]) {
    const provider = fakeProviders.find((candidate) => candidate.api === api);
    if (provider === undefined) throw new Error(`no fake server speaks ${api}`);
    served = await serveModel(provider, script, { models: [{ id: provider.modelId, ...entry }] });
    return served;
  }

  /** What the provider is sent of the last message of these. */
  async function sent(api: ModelApi, mediaType: string, messages: readonly Message[]): Promise<object[]> {
    const { model, server } = await serve(api);
    const images = new Map([[picture(mediaType).blob, { mediaType, bytes: pictures[mediaType] ?? Buffer.alloc(0) }]]);
    await collect(model, modelRequest({ messages, images }));
    return lastContent(server.requests[0]?.body);
  }

  const looking = (mediaType: string): Message[] => {
    const parts = [textPart("look"), textPart("name"), filePart(picture(mediaType))];
    return [{ ...userMessage(""), parts }, userMessage("well?")];
  };

  for (const { api } of fakeProviders) {
    for (const [mediaType, bytes] of Object.entries(pictures)) {
      if (api === "google-generative-ai" && mediaType === "image/gif") continue;
      it(`carry ${mediaType} where it was sent (${api})`, async () => {
        const content = await sent(api, mediaType, looking(mediaType));
        expect(content).to.deep.equal(expected[api](mediaType, bytes.toString("base64")));
      });
    }

    it(`carry it in a note, behind the mark of notes (${api})`, async () => {
      const note = { ...noteMessage(""), parts: [textPart("name"), filePart(picture("image/png"))] };
      const content = JSON.stringify(await sent(api, "image/png", [note]));
      expect(content).to.contain("[note from the gateway, not from the user] name").and.contain(png64);
    });

    it(`carry none the request has no bytes of (${api})`, async () => {
      const { model, server } = await serve(api);
      await collect(model, modelRequest({ messages: looking("image/png") }));
      const content = JSON.stringify(lastContent(server.requests[0]?.body));
      expect(content).to.contain("look\\n\\nname\\n\\nwell?");
    });

    it(`carry none of the agent's own (${api})`, async () => {
      const messages = [userMessage("draw"), assistantMessage([textPart("name"), filePart(picture("image/png"))])];
      await sent(api, "image/png", [...messages, userMessage("well?")]);
      expect(JSON.stringify(served?.server.requests[0]?.body)).not.to.contain(png64);
    });

    it(`come from a message with a file (${api})`, async () => {
      const { model, server } = await serve(api, { input: ["text", "image"] });
      const kit = await kits.open({ models: [model] });
      await askWithFiles(kit, "what is it?", [await keepFile(kit, "cat.png", pngBytes)]);
      const content = JSON.stringify(lastContent(server.requests[0]?.body));
      expect(content).to.contain("what is it?\\n\\n<media:image cat.png, 70 bytes>").and.contain(png64);
    });

    it(`stand beside what a text file says, which is no instruction (${api})`, async () => {
      const { model, server } = await serve(api);
      const kit = await kits.open({ models: [model] });
      await askWithFiles(kit, "sum up", [await keepFile(kit, "notes.txt", "buy milk")]);
      const content = JSON.stringify(lastContent(server.requests[0]?.body));
      expect(content).to.match(/bytes>\\n\\n<file id=\\"(\w+)\\">\\nbuy milk\\n<\/file id=\\"\1\\">"/);
      expect(JSON.stringify(server.requests[0]?.body).match(/buy milk/g)).to.have.length(1);
    });

    it(`are left out when the model is configured without them (${api})`, async () => {
      const { model, server } = await serve(api, { input: ["text"] });
      const kit = await kits.open({ models: [model] });
      await askWithFiles(kit, "what is it?", [await keepFile(kit, "cat.png", pngBytes)]);
      const content = JSON.stringify(lastContent(server.requests[0]?.body));
      expect(content).to.contain("<media:image cat.png, 70 bytes>").and.not.contain(png64);
    });

    it(`are asked for again as names when the provider refuses them (${api})`, async () => {
      const refusal = { kind: "status", status: 400, code: "invalid_request_error", message: "bad image" } as const;
      const { model, server } = await serve(api, { input: ["text", "image"] }, [{ fault: refusal }, { text: "ok" }]);
      const kit = await kits.open({ models: [model] });
      await askWithFiles(kit, "what is it?", [await keepFile(kit, "cat.png", pngBytes)]);
      const bodies = server.requests.map(({ body }) => JSON.stringify(body).includes(png64));
      expect(bodies).to.deep.equal([true, false]);
    });
  }

  it("carry no gif to the API that knows none", async () => {
    const content = await sent("google-generative-ai", "image/gif", looking("image/gif"));
    expect(content).to.deep.equal([{ text: "look\n\nname\n\nwell?" }]);
  });

  it("are taken by every API but the one blind models speak", async () => {
    const taken: Record<string, boolean> = {};
    for (const { api } of fakeProviders) {
      taken[api] = (await serve(api)).model.takesImages;
      await served?.close();
    }
    expect(taken).to.deep.equal({
      "openai-completions": false,
      "openai-responses": true,
      "anthropic-messages": true,
      "google-generative-ai": true,
    });
  });
});

function picture(mediaType: string): Attachment {
  return attachment(mediaType, pictures[mediaType]?.length ?? 0);
}

/** The parts of the last message of a body. */
// biome-ignore lint/suspicious/noExplicitAny: a body of one of four formats.
function lastContent(body: any): object[] {
  const last = (body.messages ?? body.input ?? body.contents).at(-1);
  const content = last.content ?? last.parts;
  return typeof content === "string" ? [{ text: content }] : content;
}
