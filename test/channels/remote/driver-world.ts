/**
 * The network "memory" with a driver outside: a program in another language, started again whenever it ends, as its own
 * supervisor would, and let in at a door of its own.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { ChannelDriverService } from "../../../gen/openclaw/gateway/v1/channel_driver_service_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { RemoteNetwork } from "../../../src/channels/remote/remote-network.ts";
import { createGatewayClient } from "../../../src/client/gateway-client.ts";
import type { ChannelPorts, NetworkCatalog } from "../../../src/core/channel/channel-ports.ts";
import type { Core } from "../../../src/core/core.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { channelDriverService } from "../../../src/server/rpc/channel/channel-driver-service.ts";
import { startTestServer, type TestServer } from "../../support/test-server.ts";
import { MemoryWorld } from "../memory/memory-world.ts";

const token = "driver-token-of-the-contract-suite";
const restartMs = 20;

/** How the driver is started. */
export interface DriverProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** See the file's first lines. */
export class DriverWorld extends MemoryWorld {
  readonly outside = true;
  /** The examples say that they cannot. */
  override readonly edits = false;
  readonly #network = new RemoteNetwork();
  readonly #program: () => DriverProgram;
  #core: Core | undefined;
  #door: TestServer | undefined;
  #driver: ChildProcess | undefined;
  /** A gateway in a process of its own, and the driver's token for it. */
  #process: { readonly address: string; readonly token: string } | undefined;
  #stopped = false;

  constructor(program: () => DriverProgram) {
    super({ reconcile: true });
    this.#program = program;
  }

  override get networks(): NetworkCatalog {
    return { load: async () => this.#network };
  }

  get drivers(): ChannelPorts["drivers"] {
    return async () => this.#network;
  }

  get gatewayStarted() {
    return (core: Core): void => {
      this.#core = core;
    };
  }

  /** The network itself is never in the gateway's process. */
  override get environment(): Record<string, string> {
    return {};
  }

  /** The driver goes to this gateway from now on; its token is made once and outlives the gateways of one state folder. */
  readonly processStarted = async ({ url, token: owner }: { url: string; token: string }): Promise<void> => {
    const secret = this.#process?.token ?? (await makeToken(url, owner));
    this.#process = { address: new URL(url).host, token: secret };
    this.#driver?.kill("SIGKILL");
  };

  override async start(): Promise<void> {
    await super.start();
    const caller = { principal: "tokens/driver", scopes: [Scope.NODE] };
    const credentials = { find: (secret: string) => (secret === token ? caller : undefined) };
    const routes = (
      router: Parameters<NonNullable<Parameters<typeof startTestServer>[1]>["routes"] & object>[0],
    ): void => {
      router.service(ChannelDriverService, {
        attachChannel: (request, context) => this.#service.attachChannel(request, context),
        reportInbound: (request, context) => this.#service.reportInbound(request, context),
        completeDelivery: (request, context) => this.#service.completeDelivery(request, context),
        reportState: (request, context) => this.#service.reportState(request, context),
        reportLogIn: (request, context) => this.#service.reportLogIn(request, context),
      });
    };
    this.#door = await startTestServer({ auth: { mode: "token", secret: "the-owner's", credentials } }, { routes });
    this.#spawn();
  }

  override async stop(): Promise<void> {
    this.#stopped = true;
    this.#driver?.kill("SIGKILL");
    await this.#door?.stop(0);
    await super.stop();
  }

  /** Handlers of the gateway that runs now. */
  get #service() {
    if (this.#core === undefined) throw new Error("no gateway was started");
    return channelDriverService(this.#core.drivers, systemClock);
  }

  #spawn(): void {
    const { program, args, environment } = this.#program();
    const reach = {
      GATEWAY: this.#process?.address ?? `127.0.0.1:${this.#door?.port}`,
      TOKEN: this.#process?.token ?? token,
      CHANNEL: "channels/memory",
      CHAT_PORT: String(this.platform.port),
    };
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment, ...reach };
    this.#driver = spawn(program, args, { env, stdio: "ignore" });
    this.#driver.on("exit", () => {
      setTimeout(() => {
        if (!this.#stopped) this.#spawn();
      }, restartMs);
    });
  }
}

async function makeToken(url: string, owner: string): Promise<string> {
  const client = createGatewayClient({ url, token: owner });
  const { secret } = await client.access.createToken({ tokenId: "driver", scopes: [Scope.NODE] });
  return secret;
}
