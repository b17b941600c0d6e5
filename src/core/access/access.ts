/** Access: who may talk to the gateway. Builds its parts around one store, and keeps what they hold in memory true. */

import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import type { Changes } from "../changes.ts";
import { patch } from "../recorder.ts";
import type { Store } from "../store.ts";
import { momentOf } from "./access-parts.ts";
import { Credentials, maxRetired } from "./credentials.ts";
import { Devices } from "./devices.ts";
import { Pairings } from "./pairing/pairings.ts";
import { SetupCodes } from "./pairing/setup-codes.ts";
import type { Caller } from "./scopes.ts";
import { grantOf, Tokens } from "./tokens.ts";

/** How often old requests are given up and times of use are written: each is kept to within this. */
const tidyMs = 60_000;

/** How long an ended secret is remembered. */
const retiredMs = 30 * 86_400_000;

/** More holders than there ever are of one kind. */
const allOfThem = 100_000;

/** What access is built from. */
export interface AccessOptions {
  readonly store: Store;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly log: Log;
}

/** Everything about access. */
export class Access {
  readonly credentials: Credentials;
  readonly tokens: Tokens;
  readonly devices: Devices;
  readonly pairings: Pairings;
  readonly setupCodes: SetupCodes;
  readonly #options: AccessOptions;
  #writtenMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AccessOptions) {
    const { store, changes, clock } = options;
    this.#options = options;
    this.#writtenMs = clock.nowMs();
    this.credentials = new Credentials(clock);
    const parts = { store, changes, clock, credentials: this.credentials };
    this.tokens = new Tokens(parts);
    this.devices = new Devices(parts);
    this.pairings = new Pairings(parts);
    this.setupCodes = new SetupCodes(parts);
  }

  /** Reads the credentials. Before it resolves, none but the gateway's own is known. */
  async start(): Promise<void> {
    const { store, log } = this.#options;
    try {
      await this.#load();
    } catch (error) {
      // A damaged store is opened to be read as far as it can be, by who holds the gateway's own secret.
      if (store.readOnlyReason === undefined) throw error;
      log.warn({ err: error }, "tokens and devices cannot be read; none of them is let in");
    }
    this.#timer = setInterval(() => void this.tidy(), tidyMs);
    this.#timer.unref();
  }

  async #load(): Promise<void> {
    const { holders, retired } = await this.#options.store.read(async ({ access }) => ({
      holders: [...(await access.tokens.list("", allOfThem)), ...(await access.devices.list("", allOfThem))],
      retired: await access.retired.list(maxRetired),
    }));
    for (const { digest, why } of retired) this.credentials.retire(digest, why);
    for (const { resource, digest } of holders) {
      if (digest !== undefined) this.credentials.add(digest, grantOf(resource));
    }
    await this.pairings.start();
  }

  /** Stops the timers and writes what is not on disk yet; credentials are still checked. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.credentials.stop();
    await this.tidy();
  }

  /** What people call the caller: the id of a named token, the title of a device; empty for the gateway's own secret. */
  async titleOf({ principal }: Caller): Promise<string> {
    if (principal.startsWith("tokens/")) return principal.slice("tokens/".length);
    if (!principal.startsWith("devices/")) return "";
    const holder = await this.#options.store.read(({ access }) => access.devices.find(principal));
    return holder?.resource.title ?? "";
  }

  /** Gives up old requests, writes times of use, forgets what ended long ago. Failing is no harm: the next time does it. */
  async tidy(): Promise<void> {
    const { store, clock, log } = this.#options;
    if (store.readOnlyReason !== undefined) return;
    const nowMs = clock.nowMs();
    try {
      await this.pairings.giveUp();
      await this.#writeUses(nowMs);
    } catch (error) {
      log.warn({ err: error }, "times of use of tokens could not be written; trying again in a minute");
    }
  }

  /** One transaction for all of them, and none when nobody called. */
  async #writeUses(nowMs: number): Promise<void> {
    const { store } = this.#options;
    const uses = this.credentials.usesSince(this.#writtenMs);
    if (uses.length === 0) return;
    await store.transact(async ({ access: { tokens, devices, retired } }) => {
      for (const [principal, useTimeMs] of uses) {
        const time = momentOf(useTimeMs);
        const token = await tokens.find(principal);
        if (token !== undefined) await tokens.put({ ...token, resource: patch(token.resource, { useTime: time }) });
        const device = await devices.find(principal);
        if (device !== undefined)
          await devices.put({ ...device, resource: patch(device.resource, { seenTime: time }) });
      }
      await retired.prune(nowMs - retiredMs, maxRetired);
    });
    this.#writtenMs = nowMs;
  }
}
