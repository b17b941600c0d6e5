/** Every method of the contract against every kind of caller: authority comes from the server, before anything is read. */

import { expect } from "chai";
import { Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";
import { type Caller, expandScopes } from "../../src/core/access/scopes.ts";
import { credentialsInvalid, credentialsMissing } from "../../src/core/errors.ts";
import { silentLog } from "../../src/lib/log.ts";
import { Authenticator, type Presented } from "../../src/server/guard/authenticator.ts";
import { registerServices } from "../../src/server/rpc/services.ts";
import { Server } from "../../src/server/server.ts";
import { contractMethods, declaredScope } from "../support/contract-methods.ts";
import { CoreKit } from "../support/core-kit.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { rawCall } from "../support/raw-call.ts";
import { readyProcess } from "../support/ready-process.ts";

const { READ, WRITE, APPROVE, PAIR, ADMIN, NODE } = Scope;
const roles: Readonly<Record<string, Scope>> = { READ, WRITE, APPROVE, PAIR, ADMIN, NODE };
const methods = await contractMethods();

/** No message: whoever reads it gets an error. In a stream's envelope and without one. */
const garbage = Buffer.from([0, 0, 0, 0, 3, 0xff, 0xff, 0xff]);
const answered = "invalid_argument";

/** Takes "Bearer READ" for a caller with scope READ. */
function authenticateByName({ authorization }: Presented): Caller {
  if (authorization === undefined) throw credentialsMissing("a test");
  const name = authorization.slice("Bearer ".length);
  if (name === "NOTHING") return { principal: name, scopes: [] };
  const scope = roles[name];
  if (scope === undefined) throw credentialsInvalid("a test");
  return { principal: name, scopes: expandScopes([scope]) };
}

describe("a method of the contract", () => {
  const kit = new CoreKit({});
  const { authenticate } = Authenticator.prototype;
  let server: Server;
  let url: string;

  before(async () => {
    Authenticator.prototype.authenticate = authenticateByName;
    await kit.start();
    server = new Server({
      listen: { hosts: ["127.0.0.1"], port: 0 },
      auth: { mode: "token", secret: "unused-secret-of-this-test" },
      allowedHosts: [],
      allowedOrigins: [],
      routes: (router) =>
        registerServices(router, { core: kit.core, process: readyProcess(kit.clock), clock: kit.clock }),
      state: () => ({ state: "ready", reason: "" }),
      log: silentLog,
      clock: kit.clock,
    });
    const [address] = await server.start();
    url = `http://127.0.0.1:${address?.port}`;
  });
  after(async () => {
    Authenticator.prototype.authenticate = authenticate;
    await server.stop(0);
    await kit.close();
  });

  it("is one of those this test knows of", () => {
    expect(methods.length).to.be.greaterThan(20);
  });

  for (const method of methods) {
    const path = `${method.parent.name}/${method.name}`;
    const scope = declaredScope(method) ?? Scope.UNSPECIFIED;
    const needed = Object.keys(roles).find((name) => roles[name] === scope);

    it(`${path} declares the scope it needs`, () => {
      expect(needed).not.to.equal(undefined);
    });

    it(`${path} is answered exactly to those who hold ${needed}`, async () => {
      for (const [name, role] of Object.entries(roles)) {
        const allowed = expandScopes([role]).includes(scope);
        const code = await rawCall({ url, method, authorization: `Bearer ${name}`, body: garbage });
        expect(code, name).to.equal(allowed ? answered : "permission_denied");
      }
      expect(await rawCall({ url, method, authorization: "Bearer NOTHING", body: garbage })).to.equal(
        "permission_denied",
      );
    });

    it(`${path} is refused before its body is there`, async () => {
      expect(await rawCall({ url, method })).to.equal("unauthenticated");
      expect(await rawCall({ url, method, authorization: "Bearer WRONG" })).to.equal("unauthenticated");
      expect(await rawCall({ url, method, authorization: "Bearer NOTHING" })).to.equal("permission_denied");
    });
  }
});

describe("a gateway's own credential", function () {
  this.timeout(20_000);
  let gateway: GatewayProcess;

  before(async () => {
    gateway = await startGatewayProcess();
  });
  after(async () => {
    await gateway.kill();
    await removeHome(gateway.home);
  });

  it("opens every method, and nothing else opens any", async () => {
    for (const method of methods) {
      const call = (authorization?: string) => rawCall({ url: gateway.url, method, authorization, body: garbage });
      expect(await call(`Bearer ${gateway.token}`), method.name).to.equal(answered);
      expect(await call(), method.name).to.equal("unauthenticated");
      for (const wrong of [`Bearer ${gateway.token}x`, `Bearer ${gateway.token.slice(1)}`, "Bearer ", "Basic Og=="]) {
        expect(await call(wrong), `${method.name} ${wrong}`).to.equal("unauthenticated");
      }
    }
  });
});
