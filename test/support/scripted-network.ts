/** A network whose connections do what a test says. */

import { create } from "@bufbuild/protobuf";
import { CapabilitiesSchema } from "../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { NetworkCatalog } from "../../src/core/channel/channel-ports.ts";
import type { ChannelHost, Connection, LoginStep, Network } from "../../src/core/channel/network.ts";

/** How one try to connect goes: until the signal aborts, or an error. */
export type Script = (host: ChannelHost, signal: AbortSignal) => Promise<void>;

/** Comes online and stays. */
export const stay: Script = async (host, signal) => {
  host.online("claw");
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
};

/** Fails so. */
export const fail =
  (error: Error): Script =>
  () =>
    Promise.reject(error);

/** See the file's first line. */
export class ScriptedNetwork implements Network {
  readonly kind = "fake";
  /** What the next tries do, in order; the last one is repeated. */
  scripts: Script[] = [stay];
  /** Tries so far. */
  tries = 0;
  /** Settings of each try. */
  readonly seen: unknown[] = [];
  /** Hosts of each connection made, logins included. */
  readonly hosts: ChannelHost[] = [];
  /** Adds to every connection. */
  extras: Partial<Connection> | ((host: ChannelHost) => Partial<Connection>) = {};
  /** Answers to login questions. */
  readonly answers: string[] = [];

  get catalog(): NetworkCatalog {
    return { load: async () => this };
  }

  connect(settings: unknown, host: ChannelHost): Connection {
    this.hosts.push(host);
    const extras = typeof this.extras === "function" ? this.extras(host) : this.extras;
    return {
      capabilities: create(CapabilitiesSchema, { maxText: 1_000, textUnit: "characters" }),
      run: (signal) => {
        const script = this.scripts[Math.min(this.tries, this.scripts.length - 1)] ?? stay;
        this.tries += 1;
        this.seen.push(settings);
        return script(host, signal);
      },
      send: async () => ["1"],
      ...extras,
    };
  }
}

/** Steps of a login, in order. */
export async function* steps(...all: readonly LoginStep[]): AsyncGenerator<LoginStep> {
  yield* all;
}
