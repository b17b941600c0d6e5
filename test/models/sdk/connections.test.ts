import { expect } from "chai";
import { fakeProviders, type ServedModel, serveModel } from "../../support/fake-model-servers/fake-providers.ts";
import { collect, modelRequest, never } from "../../support/model-kit.ts";

for (const provider of fakeProviders) {
  describe(`connections to ${provider.api}`, () => {
    let served: ServedModel | undefined;
    afterEach(() => served?.close());

    it("are closed when the call is aborted before the first byte", async () => {
      served = await serveModel(provider, [{ fault: { kind: "hang", after: 0 } }]);
      const abort = new AbortController();
      const calling = collect(served.model, modelRequest(), abort.signal).catch((error: unknown) => error);
      const { server } = served;
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const reason = new Error("cancelled");
      abort.abort(reason);
      expect(await calling).to.equal(reason);
      expect(await server.requests[0]?.ended).to.equal("hung up");
    });

    it("are closed when the call is aborted in the middle", async () => {
      served = await serveModel(provider, [{ text: "one two three", fault: { kind: "hang", after: 4 } }]);
      const abort = new AbortController();
      const reason = new Error("cancelled");
      const read = async (model: ServedModel["model"]): Promise<void> => {
        for await (const _ of model.stream(modelRequest(), abort.signal)) abort.abort(reason);
      };
      expect(await read(served.model).catch((error: unknown) => error)).to.equal(reason);
      expect(await served.server.requests[0]?.ended).to.equal("hung up");
    });

    it("are closed when the reader leaves", async () => {
      served = await serveModel(provider, [{ text: "one two three", fault: { kind: "hang", after: 4 } }]);
      for await (const _ of served.model.stream(modelRequest(), never)) break;
      expect(await served.server.requests[0]?.ended).to.equal("hung up");
    });

    it("are kept for the next call when the answer was whole, though its stream ends a little later", async () => {
      const ports = new Set<number>();
      served = await serveModel(provider, (request) => {
        ports.add(request.remotePort);
        return { text: "one two three", pauseMs: 2 };
      });
      for (let call = 0; call < 5; call++) await collect(served.model, modelRequest());
      expect(ports.size).to.equal(1);
    });
  });
}
