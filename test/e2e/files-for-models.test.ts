/** A file, from a client over the wire to the body a provider gets, as the configuration says. */

import { expect } from "chai";
import { ConfiguredGateway } from "../support/configured-gateway.ts";
import type { FakeModelServer } from "../support/fake-model-servers/fake-model-server.ts";
import { startFakeOpenAi } from "../support/fake-model-servers/fake-openai.ts";
import { filePart, pictures } from "../support/file-kit.ts";

const png = pictures["image/png"] ?? Buffer.alloc(0);

describe("a file for a model", function () {
  this.timeout(60_000);
  let server: FakeModelServer;
  let gateway: ConfiguredGateway;

  before(async () => {
    server = await startFakeOpenAi([{ text: "seen" }]);
    const home = { baseUrl: server.url, models: [{ id: "blind" }, { id: "seeing", input: ["text", "image"] }] };
    gateway = new ConfiguredGateway(JSON.stringify({ models: { providers: { home } } }));
    await gateway.start();
  });
  after(async () => {
    await gateway.remove();
    await server.close();
  });

  /** Asks the model about a picture and a text in a session of its own; what its provider was sent. */
  async function ask(model: string): Promise<string> {
    const { client } = gateway;
    const files = [
      await client.uploadFile({ content: new Uint8Array(png), fileName: "cat.png" }),
      await client.uploadFile({ content: new TextEncoder().encode("buy milk"), fileName: "notes.txt" }),
    ];
    const { session } = await client.sessions.createSession({ sessionId: model });
    const parts = [{ kind: { case: "text" as const, value: "look" } }, ...files.map(filePart)];
    const settings = { model: `home/${model}` };
    const { run } = await client.runs.createRun({ parent: session?.name ?? "", parts, settings });
    for await (const { frame } of client.runs.watchRun({ name: run?.name ?? "" })) void frame;
    return JSON.stringify(server.requests.at(-1)?.body);
  }

  it("is shown to one that is configured to take pictures", async () => {
    const body = await ask("seeing");
    expect(body).to.contain(`data:image/png;base64,${png.toString("base64")}`);
    expect(body).to.match(/<file id=\\"\w+\\">\\nbuy milk\\n<\/file id=/);
  });

  it("is told by name to one that is not, and text is told to it all the same", async () => {
    const body = await ask("blind");
    expect(body).to.contain("<media:image cat.png, 70 bytes>").and.not.contain("base64");
    expect(body).to.match(/<file id=\\"\w+\\">\\nbuy milk\\n<\/file id=/);
  });

  it("is what the list of models says", async () => {
    const { models } = await gateway.client.agents.listModels({});
    const inputs = Object.fromEntries(models.map((model) => [model.reference, model.inputs]));
    expect(inputs).to.deep.include({
      "echo/echo": ["text"],
      "home/blind": ["text"],
      "home/seeing": ["text", "image"],
    });
  });
});
