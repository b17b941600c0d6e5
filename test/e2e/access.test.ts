/** Access of a real gateway process: what is on its disk, in its log, and after its death. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { AccessService } from "../../gen/openclaw/gateway/v1/access_service_pb.ts";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { failureOf, protocols, type Wire } from "../support/wires.ts";

const { READ, WRITE, ADMIN } = Scope;
const config = { logging: { level: "debug" } };

describe("access to a gateway process", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;
  const [first] = protocols as [Wire];

  before(async () => {
    gateway = await startGatewayProcess({ config });
  });
  after(async () => {
    await gateway.kill();
    await removeHome(gateway.home);
  });

  const transport = (token?: string, wire = first) =>
    wire.transport({ baseUrl: gateway.url, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) });
  const access = (token?: string) => createClient(AccessService, transport(token));
  const whoAmI = (token: string) => createClient(GatewayService, transport(token)).whoAmI({});

  for (const wire of protocols) {
    it(`ends an open watch when its token is revoked, over ${wire.name}`, async () => {
      const name = `watch-${wire.protocol}`;
      const { secret } = await access(gateway.token).createToken({ tokenId: name, scopes: [READ] });
      const events = createClient(EventService, transport(secret, wire)).watchEvents({})[Symbol.asyncIterator]();
      await events.next();
      const end = failureOf(events.next());
      await access(gateway.token).revokeToken({ name: `tokens/${name}` });
      expect((await end).reasons).to.deep.equal(["CREDENTIALS_REVOKED"]);
    });
  }

  it("survives a kill; what was revoked stays revoked; no secret is on the disk or in the log", async () => {
    const operator = access(gateway.token);
    const { secret } = await operator.createToken({ tokenId: "kept", scopes: [ADMIN] });
    const { secret: revoked } = await operator.createToken({ tokenId: "gone", scopes: [WRITE] });
    await operator.revokeToken({ name: "tokens/gone" });
    const { setupCode } = await operator.createSetupCode({ scopes: [READ] });
    const { redeemSecret } = await access().requestPairing({ title: "laptop", setupCode });
    const { device, token } = await access().redeemPairing({ redeemSecret });
    const { setupCode: unused } = await operator.createSetupCode({ scopes: [READ] });
    const waiting = await access().requestPairing({ title: "phone" });
    const wrong = `${secret.slice(0, -1)}x`;
    await failureOf(whoAmI(wrong));
    const firstLog = gateway.log();
    await gateway.kill();
    gateway = await startGatewayProcess({ home: gateway.home, config });

    expect((await whoAmI(secret)).caller?.principal).to.equal("tokens/kept");
    expect((await whoAmI(token)).caller?.principal).to.equal(device?.name);
    expect((await failureOf(whoAmI(revoked))).reasons).to.deep.equal(["CREDENTIALS_REVOKED"]);
    const again = access().requestPairing({ title: "laptop", setupCode });
    expect((await failureOf(again)).reasons).to.deep.equal(["PAIRING_CLOSED"]);
    expect((await access().requestPairing({ title: "tablet", setupCode: unused })).redeemSecret).to.match(/^ocr_/);
    const { redeemSecret: waitingSecret } = waiting;
    const pending = await failureOf(access().redeemPairing({ redeemSecret: waitingSecret }));
    expect(pending.reasons).to.deep.equal(["PAIRING_PENDING"]);

    const places = { ...stateFiles(), "first log": firstLog, "second log": gateway.log() };
    expect(Object.keys(places)).to.include("openclaw.db");
    expect(places["second log"]).to.contain("WhoAmI");
    for (const [place, text] of Object.entries(places)) {
      for (const one of [secret, revoked, setupCode, unused, redeemSecret, waitingSecret, token, wrong]) {
        expect(text.includes(one), `${one.slice(0, 4)} in ${place}`).to.be.false;
      }
    }
  });

  it("ends with the gateway's own token when a restart in place brings another one; named tokens go on", async () => {
    const { secret } = await access(gateway.token).createToken({ tokenId: "stays", scopes: [READ] });
    const open = async (token: string) => {
      const frames = createClient(EventService, transport(token)).watchEvents({})[Symbol.asyncIterator]();
      await frames.next();
      return { end: failureOf(drain(frames)) };
    };
    const [own, named] = [await open(gateway.token), await open(secret)];
    const next = `${gateway.token}-next`;
    const changed = { ...config, gateway: { port: 0, auth: { token: next } } };
    writeFileSync(join(gateway.home, "openclaw.json"), JSON.stringify(changed), { mode: 0o600 });
    await createClient(GatewayService, transport(gateway.token)).shutDown({ restart: true });
    expect((await own.end).reasons).to.deep.equal(["CREDENTIALS_REVOKED"]);
    expect((await named.end).reasons).to.deep.equal(["DRAINING"]);
    expect((await whoAmI(next)).caller?.principal).to.equal("token");
    expect((await whoAmI(secret)).caller?.principal).to.equal("tokens/stays");
    expect((await failureOf(whoAmI(gateway.token))).reasons).to.deep.equal(["CREDENTIALS_INVALID"]);
  });

  /** Every file of the state directory, byte by byte. */
  function stateFiles(): Record<string, string> {
    const folder = join(gateway.home, "state");
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), "latin1")]));
  }
});

async function drain(frames: AsyncIterator<unknown>): Promise<void> {
  while ((await frames.next()).done !== true);
}
