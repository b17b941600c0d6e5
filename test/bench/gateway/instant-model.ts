/** A gateway whose model is a local server that answers at once. */

import type { BenchGatewayOptions } from "./bench-gateway.ts";
import { startSideProcess } from "./side-process.ts";

/** Runs `work` with the options of a gateway that uses such a server; the server is gone afterwards. */
export async function withInstantModel<T>(work: (options: BenchGatewayOptions) => Promise<T>): Promise<T> {
  const server = await startSideProcess("fake-openai-process");
  try {
    const provider = { baseUrl: server.addresses.url, api: "openai-completions" };
    const model = { primary: "instant/instant" };
    return await work({ config: { models: { providers: { instant: provider } }, agents: { defaults: { model } } } });
  } finally {
    await server.stop();
  }
}
