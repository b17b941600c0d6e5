/** Changes of channels' settings, as changes of the configuration. */

import { channelEdits } from "../../config/channels/channel-edits.ts";
import { ConfigError } from "../../config/config-error.ts";
import type { LiveConfig } from "../../config/reload/live-config.ts";
import { configStands } from "../../core/config/config-failures.ts";
import type { ChannelChange } from "../../core/config/configuration.ts";
import { Failure, notFound } from "../../core/errors.ts";

/** See ChannelConfiguration. */
export async function changeChannel(live: LiveConfig, { actor, ...wanted }: ChannelChange): Promise<void> {
  const { name } = wanted;
  try {
    const edits = (written: unknown) => {
      const found = channelEdits(written, wanted);
      if (found === undefined) throw notFound(name);
      if ("refusal" in found) throw configStands(name, found.refusal);
      return found.edits;
    };
    await live.change(edits, { author: actor, note: noteOf(wanted) });
  } catch (error) {
    if (error instanceof Failure || !(error instanceof ConfigError)) throw error;
    throw configStands(name, error.message, error);
  }
}

function noteOf({ name, enabled, title }: Omit<ChannelChange, "actor">): string {
  const done = [
    ...(enabled === undefined ? [] : [enabled ? "enabled" : "disabled"]),
    ...(title === undefined ? [] : ["renamed"]),
  ];
  return `${name} ${done.join(" and ")}`;
}
