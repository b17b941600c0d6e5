/** The network "memory" as a world of the contract suite. */

import type { NetworkCatalog } from "../../../src/core/channel/channel-ports.ts";
import type { Refusal, Told, World } from "../contract/world.ts";
import { memoryMaxText, memoryNetwork, personAddress } from "./memory-network.ts";
import { MemoryPlatform } from "./memory-platform.ts";

/** See the file's first line. */
export class MemoryWorld implements World {
  readonly kind = "memory";
  readonly replays = true;
  readonly edits: boolean = true;
  readonly refusals = ["later", "for good", "unanswered"] as const;
  readonly maxText = memoryMaxText;
  readonly platform = new MemoryPlatform();
  readonly #reconcile: boolean;

  constructor(options: { readonly reconcile?: boolean } = {}) {
    this.#reconcile = options.reconcile ?? false;
  }

  get networks(): NetworkCatalog {
    return { load: async () => memoryNetwork({ port: this.platform.port, reconcile: this.#reconcile }) };
  }

  /** Read by test/support/gateway-program.ts. */
  get environment(): Record<string, string> {
    return { TEST_MEMORY_PORT: String(this.platform.port), TEST_MEMORY_RECONCILE: this.#reconcile ? "1" : "" };
  }

  start(): Promise<void> {
    return this.platform.start();
  }

  stop(): Promise<void> {
    return this.platform.stop();
  }

  /** It has no schema, as any network whose code is elsewhere. */
  config(): Readonly<Record<string, unknown>> {
    return { driver: "remote" };
  }

  address(): string {
    return personAddress;
  }

  async say(text: string): Promise<void> {
    this.platform.say(text);
  }

  told(): readonly Told[] {
    return this.platform.told;
  }

  async repeat(): Promise<void> {
    this.platform.repeat();
  }

  async react(id: string, emoji: string, remove = false): Promise<void> {
    this.platform.react(id, emoji, remove);
  }

  async cut(): Promise<void> {
    this.platform.cut();
  }

  async goAway(): Promise<void> {
    this.platform.goAway();
  }

  async comeBack(): Promise<void> {
    this.platform.comeBack();
  }

  refuseNext(how: Refusal): void {
    this.platform.refuseNext(how);
  }
}
