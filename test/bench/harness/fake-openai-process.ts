/** A model provider that answers at once, in a process of its own, so that its work is not counted as the gateway's. */

import { startFakeOpenAi } from "../../support/fake-model-servers/fake-openai.ts";

const server = await startFakeOpenAi();
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
