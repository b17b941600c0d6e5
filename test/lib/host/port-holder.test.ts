import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { expect } from "chai";
import { findPortHolder } from "../../../src/lib/host/port-holder.ts";
import { commandRunner } from "../../../src/lib/host/run-command.ts";

describe("findPortHolder", () => {
  const run = commandRunner({ PATH: process.env.PATH }, 10_000);
  const servers: Server[] = [];
  const listen = async (host: string) => {
    const server = createServer();
    servers.push(server);
    server.listen(0, host);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  for (const host of ["127.0.0.1", "0.0.0.0", "::1"]) {
    it(`names the process that listens at ${host}`, async function () {
      let port: number;
      try {
        port = await listen(host);
      } catch {
        this.skip();
      }
      const holder = await findPortHolder(port, run);
      expect(holder?.pid).to.equal(process.pid);
      expect(holder?.name).to.match(/node/);
    });
  }

  it("names nobody for a port nobody listens on", async () => {
    const port = await listen("127.0.0.1");
    servers.pop()?.close();
    expect(await findPortHolder(port, run)).to.equal(undefined);
  });

  it("shows no arguments", async () => {
    const port = await listen("127.0.0.1");
    expect((await findPortHolder(port, run))?.name)
      .not.to.contain("/")
      .and.not.to.contain("--");
  });
});
