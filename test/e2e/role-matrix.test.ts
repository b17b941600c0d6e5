/** Every method of the contract against every kind of caller: authority comes from the server, before anything is read. */

import type { DescMethod } from "@bufbuild/protobuf";
import { createConnectTransport } from "@connectrpc/connect-node";
import { expect } from "chai";
import { Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";
import { createGatewayClient, type GatewayClient } from "../../src/client/gateway-client.ts";
import { expandScopes } from "../../src/core/access/scopes.ts";
import { silentLog } from "../../src/lib/log.ts";
import { registerServices } from "../../src/server/rpc/services.ts";
import { Server } from "../../src/server/server.ts";
import { contractMethods, type DeclaredAccess, declaredAccess } from "../support/contract-methods.ts";
import { CoreKit } from "../support/core-kit.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { rawCall } from "../support/raw-call.ts";
import { readyProcess } from "../support/ready-process.ts";

const { READ, WRITE, APPROVE, PAIR, ADMIN, NODE } = Scope;
const roles: Readonly<Record<string, Scope>> = { READ, WRITE, APPROVE, PAIR, ADMIN, NODE };
const methods = await contractMethods();
const guarded = methods.filter((method) => declaredAccess(method) !== "nobody");
const open = methods.filter((method) => declaredAccess(method) === "nobody");

/** No message: whoever reads it gets an error. In a stream's envelope and without one. */
const garbage = Buffer.from([0, 0, 0, 0, 3, 0xff, 0xff, 0xff]);
const answered = "invalid_argument";
const ownSecret = "own-secret-of-this-test";

describe("a method of the contract", () => {
  const kit = new CoreKit({});
  /** A token of each role: real ones, made by the gateway. */
  const tokens = new Map<string, string>();
  let revoked = "";
  let server: Server;
  let url: string;

  before(async () => {
    await kit.start();
    const { credentials } = kit.core.access;
    server = new Server({
      listen: { hosts: ["127.0.0.1"], port: 0 },
      auth: { mode: "token", secret: ownSecret, credentials },
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
    const { access } = operator(url);
    for (const [name, scope] of Object.entries(roles)) {
      tokens.set(name, (await access.createToken({ tokenId: name, scopes: [scope] })).secret);
    }
    revoked = (await access.createToken({ tokenId: "revoked", scopes: [ADMIN] })).secret;
    await access.revokeToken({ name: "tokens/revoked" });
  });
  after(async () => {
    await server.stop(0);
    await kit.close();
  });

  const call = (method: DescMethod, token: string | undefined, body: Uint8Array | undefined = garbage) =>
    rawCall({ url, method, body, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) });

  it("is one of those this test knows of", () => {
    expect(methods.length).to.be.greaterThan(20);
  });

  for (const method of methods) {
    const path = `${method.parent.name}/${method.name}`;

    it(`${path} declares who may call it`, () => {
      expect(declaredAccess(method)).not.to.equal(undefined);
    });
  }

  for (const method of guarded) {
    const path = `${method.parent.name}/${method.name}`;
    const needed = declaredAccess(method);

    it(`${path} is answered exactly to those who hold ${nameOf(needed)}`, async () => {
      for (const [name, role] of Object.entries(roles)) {
        const allowed = needed === "anybody" || expandScopes([role]).includes(needed as Scope);
        expect(await call(method, tokens.get(name)), name).to.equal(allowed ? answered : "permission_denied");
      }
    });

    it(`${path} is refused before its body is there`, async () => {
      expect(await rawCall({ url, method })).to.equal("unauthenticated");
      for (const wrong of ["wrong", revoked, `${tokens.get("ADMIN")}x`]) {
        expect(await rawCall({ url, method, authorization: `Bearer ${wrong}` })).to.equal("unauthenticated");
      }
      if (needed === "anybody") return;
      const stranger = needed === NODE ? "ADMIN" : "NODE";
      const authorization = `Bearer ${tokens.get(stranger)}`;
      expect(await rawCall({ url, method, authorization })).to.equal("permission_denied");
    });
  }

  for (const method of open) {
    it(`${method.parent.name}/${method.name} is answered to everybody, whatever they show`, async () => {
      for (const token of [undefined, "wrong", revoked, tokens.get("NODE")]) {
        expect(await call(method, token)).to.equal(answered);
      }
    });
  }

  it("that needs no credential is one of the two that must not", () => {
    expect(open.map(({ name }) => name)).to.have.members(["RequestPairing", "RedeemPairing"]);
  });

  it("that every credential may call is about the credential itself", () => {
    const any = methods.filter((method) => declaredAccess(method) === "anybody");
    expect(any.map(({ name }) => name)).to.have.members(["WhoAmI", "RotateToken"]);
  });
});

describe("a gateway's own credential", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;

  before(async () => {
    gateway = await startGatewayProcess();
  });
  after(async () => {
    await gateway.kill();
    await removeHome(gateway.home);
  });

  it("opens every method but those of nodes, and nothing else opens any", async () => {
    for (const method of guarded) {
      const call = (authorization?: string) => rawCall({ url: gateway.url, method, authorization, body: garbage });
      // To run the gateway is not to serve it.
      const wanted = declaredAccess(method) === NODE ? "permission_denied" : answered;
      expect(await call(`Bearer ${gateway.token}`), method.name).to.equal(wanted);
      expect(await call(), method.name).to.equal("unauthenticated");
      for (const wrong of [`Bearer ${gateway.token}x`, `Bearer ${gateway.token.slice(1)}`, "Bearer ", "Basic Og=="]) {
        expect(await call(wrong), `${method.name} ${wrong}`).to.equal("unauthenticated");
      }
    }
  });
});

function operator(url: string): GatewayClient {
  const transport = createConnectTransport({ baseUrl: url, httpVersion: "1.1" });
  return createGatewayClient({ url, token: ownSecret, transport });
}

function nameOf(access: DeclaredAccess | undefined): string {
  if (access === "anybody") return "any credential";
  return Object.keys(roles).find((name) => roles[name] === access) ?? "nothing";
}
