import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { expect } from "chai";
import { build } from "esbuild";
import { Run_State } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { RunService } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import type * as client from "../../src/client/gateway-client.ts";
import { TestGateway } from "../support/test-gateway.ts";

/** What a page has, of all that Node has. */
const browserGlobals = {
  AbortController,
  AbortSignal,
  Headers,
  ReadableStream,
  TextDecoder,
  TextEncoder,
  TransformStream,
  URL,
  btoa,
  clearTimeout,
  crypto,
  fetch,
  setTimeout,
};

describe("the client, bundled for a browser", () => {
  const gateway = new TestGateway((router) => {
    router.service(RunService, {
      createRun: ({ requestId }) => ({ message: requestId }),
      async *watchRun() {
        yield { frame: { case: "run", value: { state: Run_State.SUCCEEDED } } };
      },
    });
  });
  before(() => gateway.start());
  after(() => gateway.stop());

  it("calls and follows with nothing but what a page has", async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, "../../src/client/gateway-client.ts")],
      bundle: true,
      write: false,
      platform: "browser",
      format: "iife",
      globalName: "bundle",
    });
    const page = createContext({ ...browserGlobals });
    runInContext(outputFiles[0]?.text ?? "", page);
    const { createGatewayClient } = page.bundle as typeof client;
    const { runs, followRun } = createGatewayClient({ url: gateway.url, token: "x" });
    expect((await runs.createRun({ parent: "sessions/main" })).message).to.match(/^[0-9a-f-]{36}$/);
    const kinds: string[] = [];
    for await (const step of followRun("sessions/main/runs/1")) kinds.push(step.kind);
    expect(kinds).to.deep.equal(["run"]);
  });
});
