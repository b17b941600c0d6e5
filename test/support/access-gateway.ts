/** A core and the door to it, on a free loopback port: what a gateway's access is made of, in one process with the test. */

import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { AccessService } from "../../gen/openclaw/gateway/v1/access_service_pb.ts";
import { createGatewayClient, type GatewayClient } from "../../src/client/gateway-client.ts";
import { type Log, silentLog } from "../../src/lib/log.ts";
import { registerServices } from "../../src/server/rpc/services.ts";
import { Server } from "../../src/server/server.ts";
import type { LimitOverrides, ServerAuth } from "../../src/server/server-options.ts";
import { CoreKit } from "./core-kit.ts";
import { readyProcess } from "./ready-process.ts";
import { type Wire, wires } from "./wires.ts";

/** The gateway's own token. */
export const ownToken = "own-token-of-this-test";

/** What it is started with. */
export interface AccessGatewayOptions {
  readonly mode?: ServerAuth["mode"];
  readonly log?: Log;
  readonly limits?: LimitOverrides;
}

/** See the file's comment. Call `close` in the end. */
export class AccessGateway {
  readonly kit: CoreKit;
  readonly server: Server;
  readonly url: string;

  private constructor(kit: CoreKit, server: Server, url: string) {
    this.kit = kit;
    this.server = server;
    this.url = url;
  }

  static async open({ mode = "token", log = silentLog, limits }: AccessGatewayOptions = {}): Promise<AccessGateway> {
    const kit = new CoreKit({ log });
    await kit.start();
    const { core, clock } = kit;
    const server: Server = new Server({
      listen: { hosts: ["127.0.0.1"], port: 0 },
      auth: { mode, secret: ownToken, credentials: core.access.credentials },
      allowedHosts: [],
      allowedOrigins: [],
      routes: (router) => registerServices(router, { core, process: readyProcess(clock), clock }),
      state: () => ({ state: "ready", reason: "" }),
      log,
      clock,
      ...(limits === undefined ? {} : { limits }),
    });
    const [address] = await server.start();
    return new AccessGateway(kit, server, `http://127.0.0.1:${address?.port}`);
  }

  /** The operator's view of access. */
  get access(): Client<typeof AccessService> {
    return this.kit.client.access;
  }

  /** Calls over the wire with this token; without one, as nobody. */
  transport(token?: string, wire: Wire = wires[0] as Wire): Transport {
    return wire.transport({ baseUrl: this.url, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) });
  }

  /** Every service over the wire, with this token. */
  clientWith(token: string, wire?: Wire): GatewayClient {
    return createGatewayClient({ url: this.url, transport: this.transport(token, wire) });
  }

  /** Access over the wire, as nobody. */
  get stranger(): Client<typeof AccessService> {
    return createClient(AccessService, this.transport());
  }

  async close(): Promise<void> {
    await this.server.stop(0);
    await this.kit.close();
  }
}
