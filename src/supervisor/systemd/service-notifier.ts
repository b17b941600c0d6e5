/**
 * Tells systemd how the gateway is. Node cannot write to systemd's socket itself (it is a datagram socket), so each message
 * is one short `systemd-notify`.
 */

import type { RunCommand } from "../../lib/host/run-command.ts";

/** While it stops, the gateway asks for this much more time again and again, until it is done: a hanging one is killed. */
const extension = { everyMs: 8_000, byMs: 20_000 };

/** What a service's environment says about its manager. */
export interface NotifyOptions {
  /** NOTIFY_SOCKET; nobody is told anything without. */
  readonly socket: string | undefined;
  /** WATCHDOG_USEC: the service counts as dead when it says nothing for so long. */
  readonly watchdogUsec: string | undefined;
  /** WATCHDOG_PID: the process that is watched; any when not set. */
  readonly watchdogPid: string | undefined;
  /** Runs `systemd-notify` with NOTIFY_SOCKET in its environment. */
  readonly run: RunCommand;
  /** Told when systemd cannot be told. */
  readonly failed: (reason: string) => void;
}

/** The line to systemd; does nothing in a process systemd did not start. */
export class ServiceNotifier {
  readonly #options: NotifyOptions;
  #timers: NodeJS.Timeout[] = [];

  constructor(options: NotifyOptions) {
    this.#options = options;
  }

  /** True when systemd wants to know. */
  get listens(): boolean {
    return this.#options.socket !== undefined;
  }

  /** The gateway answers, for the first time or again. From now on systemd is told that it is alive for as long as its event loop turns. */
  async ready(status: string): Promise<void> {
    const { watchdogUsec, watchdogPid } = this.#options;
    await this.#send("--ready", `--status=${status}`);
    if (this.#timers.length > 0) return;
    const watched = watchdogPid === undefined || Number(watchdogPid) === process.pid;
    const watchdogMs = Number(watchdogUsec) / 1_000;
    if (watched && watchdogMs > 0) this.#repeat(Math.max(1, watchdogMs / 3), "WATCHDOG=1");
  }

  /** The gateway takes a new configuration into use; `ready` comes next. */
  async reloading(): Promise<void> {
    const monotonicUsec = process.hrtime.bigint() / 1_000n;
    await this.#send("RELOADING=1", `MONOTONIC_USEC=${monotonicUsec}`);
  }

  /** The gateway stops; it may take its time as long as it goes on. */
  async stopping(): Promise<void> {
    const more = `EXTEND_TIMEOUT_USEC=${extension.byMs * 1_000}`;
    this.#repeat(extension.everyMs, more);
    await this.#send("STOPPING=1", more);
  }

  /** Nothing is told any more. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #repeat(everyMs: number, message: string): void {
    if (!this.listens) return;
    this.#timers.push(setInterval(() => void this.#send(message), everyMs).unref());
  }

  async #send(...messages: readonly string[]): Promise<void> {
    if (!this.listens) return;
    const { code, stderr } = await this.#options.run("systemd-notify", messages);
    if (code !== 0)
      this.#options.failed(`systemd-notify ${messages.join(" ")} failed: ${stderr.trim() || "it is not there"}`);
  }
}
