import { expect } from "chai";
import { resolvePort } from "../../../src/config/gateway/resolve-port.ts";
import { configErrorOf, loadedGateway } from "../config-home.ts";

describe("resolvePort", () => {
  const environment = { OPENCLAW_GATEWAY_PORT: "2000" };
  const cases: [string, ReturnType<typeof loadedGateway>, string | number | undefined, number, string][] = [
    ["the flag before everything", loadedGateway({ port: 3000 }, environment), "1000", 1000, "--port"],
    ["a flag that is a number", loadedGateway({}), 1000, 1000, "--port"],
    [
      "the variable before the file",
      loadedGateway({ port: 3000 }, environment),
      undefined,
      2000,
      "OPENCLAW_GATEWAY_PORT",
    ],
    ["the file", loadedGateway({ port: 3000 }), undefined, 3000, "gateway.port"],
    ["18789 when nobody says anything", loadedGateway({}), undefined, 18_789, "default"],
    [
      "18789 when the variable is empty",
      loadedGateway({}, { OPENCLAW_GATEWAY_PORT: "" }),
      undefined,
      18_789,
      "default",
    ],
    ["0, any free port", loadedGateway({ port: 3000 }), "0", 0, "--port"],
  ];
  for (const [what, loaded, flag, value, source] of cases) {
    it(`takes ${what}`, () => {
      expect(resolvePort(loaded, flag)).to.deep.equal({ value, source });
    });
  }

  for (const flag of ["", "abc", "-1", "65536", "1e3", "0x10", "80.5", "99999999"]) {
    it(`refuses --port "${flag}" and names the flag`, async () => {
      expect(await configErrorOf(() => resolvePort(loadedGateway({}), flag))).to.equal(
        `--port: must be a whole number from 0 to 65535, not "${flag}"; for example 18789`,
      );
    });
  }

  it("refuses a wrong variable and names it", async () => {
    const loaded = loadedGateway({ port: 3000 }, { OPENCLAW_GATEWAY_PORT: "http" });
    expect(await configErrorOf(() => resolvePort(loaded))).to.equal(
      'OPENCLAW_GATEWAY_PORT: must be a whole number from 0 to 65535, not "http"; for example 18789',
    );
  });
});
