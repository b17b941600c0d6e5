/** The configuration of a channel under test: everybody is heard, nothing is put on messages, answers come whole. */

import { resolveChannels } from "../../../src/config/channels/resolve-channels.ts";
import { configSchema } from "../../../src/config/config-schema.ts";
import type { ChannelSettings } from "../../../src/core/channel/channel-settings.ts";
import type { World } from "./world.ts";

/** `channels` of a configuration file. */
export function worldConfig(world: World, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const open = { dmPolicy: "open", allowFrom: ["*"], ackReaction: "", typingMode: "never" };
  return { [world.kind]: { ...open, ...world.config(), ...changes } };
}

/** The same as core is told, through the schema a file is checked with. */
export function worldSettings(world: World, changes: Readonly<Record<string, unknown>> = {}): ChannelSettings[] {
  const { channels, messages } = configSchema.parse({ channels: worldConfig(world, changes) });
  return resolveChannels(channels, { messages, environment: {} });
}
