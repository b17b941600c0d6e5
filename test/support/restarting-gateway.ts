/** A gateway that keeps its address while its process is stopped, killed and started again, behind a proxy that can cut. */

import { createGatewayClient, type GatewayClient } from "../../src/client/gateway-client.ts";
import { CuttingProxy } from "./cutting-proxy.ts";
import {
  type GatewayProcess,
  type GatewayProcessOptions,
  removeHome,
  startGatewayProcess,
  testToken,
} from "./gateway-process.ts";

/** One state directory, one address, one process at a time. */
export class RestartingGateway {
  readonly proxy: CuttingProxy;
  /** Where the proxy is: stays the same. */
  readonly url: string;
  readonly #options: GatewayProcessOptions;
  #process: GatewayProcess;

  private constructor(parts: {
    options: GatewayProcessOptions;
    process: GatewayProcess;
    proxy: CuttingProxy;
    url: string;
  }) {
    this.#options = parts.options;
    this.#process = parts.process;
    this.proxy = parts.proxy;
    this.url = parts.url;
  }

  static async start(options: GatewayProcessOptions = {}): Promise<RestartingGateway> {
    const process = await startGatewayProcess(options);
    const proxy = new CuttingProxy(portOf(process));
    return new RestartingGateway({ options, process, proxy, url: await proxy.start() });
  }

  get process(): GatewayProcess {
    return this.#process;
  }

  /** Calls through the proxy, with retries. */
  client(): GatewayClient {
    return createGatewayClient({ url: this.url, token: testToken });
  }

  /** Calls past the proxy; works until the next restart. */
  direct(): GatewayClient {
    return createGatewayClient({ url: this.#process.url, token: testToken });
  }

  /** Ends the process and starts another one on the same state. */
  async restart(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    await (signal === "SIGKILL" ? this.#process.kill() : this.#process.stop());
    this.#process = await startGatewayProcess({ ...this.#options, home: this.#process.home });
    this.proxy.retarget(portOf(this.#process));
  }

  async close(): Promise<void> {
    await this.proxy.stop();
    await this.#process.kill();
    await removeHome(this.#process.home);
  }
}

function portOf(process: GatewayProcess): number {
  return Number(new URL(process.url).port);
}
