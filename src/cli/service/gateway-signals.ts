/** What signals make the gateway of this process do: SIGINT, SIGTERM and SIGHUP stop it, SIGUSR1 restarts it in place. */

import type { Log } from "../../lib/log.ts";

/** The gateway as signals reach it. */
export interface SignalledGateway {
  readonly loaded: { readonly config: { readonly commands: { readonly restart: boolean } } };
  stop(graceMs: number, reason: string): Promise<void>;
  restart(reason: string): Promise<unknown>;
  abandon(): void;
}

/** What GatewaySignals needs. */
export interface GatewaySignalsParts {
  readonly log: Log;
  /** Told when the gateway begins to stop. */
  readonly onStop: () => void;
}

/** How long active runs may go on when the gateway is told to stop, in ms. */
const graceMs = 10_000;

/** Exit code of a second signal. */
const secondSignalCode = 130;

/** Listens to signals; without a gateway, one to stop ends the process, and one to restart does nothing. */
export class GatewaySignals {
  readonly #parts: GatewaySignalsParts;
  #gateway: SignalledGateway | undefined;
  #stopping = false;

  constructor(parts: GatewaySignalsParts) {
    this.#parts = parts;
  }

  /** Begins to listen. Node would open a debugger on SIGUSR1 otherwise, so this comes before the gateway is started. */
  listen(): void {
    process.on("SIGUSR1", () => void this.#restart());
  }

  /** The gateway is ready: signals reach it from now on. `onInterrupt` is called for Ctrl+C. */
  attach(gateway: SignalledGateway, onInterrupt: (handler: () => void) => void): void {
    this.#gateway = gateway;
    onInterrupt(() => this.#stop(gateway, "SIGINT"));
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => this.#stop(gateway, signal));
  }

  #stop(gateway: SignalledGateway, signal: string): void {
    if (this.#stopping) {
      gateway.abandon();
      process.exit(secondSignalCode);
    }
    this.#stopping = true;
    this.#parts.onStop();
    void gateway.stop(graceMs, `told to stop by ${signal}`);
  }

  async #restart(): Promise<void> {
    const { log } = this.#parts;
    if (this.#gateway === undefined || this.#stopping) return;
    if (!this.#gateway.loaded.config.commands.restart) {
      log.warn({}, "SIGUSR1 was ignored: commands.restart is false; restart with: openclaw gateway restart");
      return;
    }
    // Why one was refused is in the log already.
    await this.#gateway.restart("told to by SIGUSR1").catch(() => {});
  }
}
