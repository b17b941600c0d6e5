import { expect } from "chai";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { callCli, readCli } from "../support/run-cli.ts";

describe("openclaw models", () => {
  let gateway: GatewayProcess;
  before(async () => {
    gateway = await startGatewayProcess();
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("test makes a real call of the default model, or of the one it is given", async () => {
    for (const words of [[], ["echo/echo"]]) {
      const { code, stdout } = await callCli(gateway, ["models", "test", ...words]);
      expect([code, stdout.replace(/\d+/, "N")]).to.deep.equal([0, "echo/echo answered in N ms\n"]);
    }
  });

  it("test exits with 1 for a model that cannot be used, and says what is missing", async () => {
    const { code, stderr } = await callCli(gateway, ["models", "test", "nobody/x"]);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^error: model nobody\/x cannot be used: there is no provider nobody; known are echo, /);
  });

  it("list says what each model takes", async () => {
    const { models } = await readCli<{ models: { name: string; inputs: string[] }[] }>(gateway, "models", "list");
    expect(models.find((model) => model.name.endsWith("echo/echo"))?.inputs).to.deep.equal(["text"]);
  });
});
