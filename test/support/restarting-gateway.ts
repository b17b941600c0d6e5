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
  readonly #options: GatewayProcessOptions;
  #process: GatewayProcess;

  private constructor(options: GatewayProcessOptions, process: GatewayProcess, proxy: CuttingProxy) {
    this.#options = options;
    this.#process = process;
    this.proxy = proxy;
  }

  static async start(options: GatewayProcessOptions = {}): Promise<RestartingGateway> {
    const process = await startGatewayProcess(options);
    const proxy = new CuttingProxy(portOf(process));
    await proxy.start();
    return new RestartingGateway(options, process, proxy);
  }

  /** Where the proxy is: stays the same. */
  get url(): string {
    return this.proxy.url;
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
