/** What an operator changes about a channel for good: whether it is connected, and what it is called. */

import type { Channel } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Turns } from "../../../lib/turns.ts";
import { checkText } from "../../access/access-parts.ts";
import type { Changes } from "../../changes.ts";
import type { ChannelChange, ChannelConfiguration } from "../../config/configuration.ts";
import { etagMismatch, invalidField } from "../../errors.ts";
import { doOnceOutside, type Once } from "../../once.ts";
import { requireChannelName } from "../channel-names.ts";
import type { Channels } from "../channels.ts";

const maxTitleLength = 200;

/** What it works with. */
export interface ChannelUpdatesParts {
  readonly channels: Channels;
  readonly operator: {
    /** The channel with what waits for it. Fails with NOT_FOUND. */
    get(name: string): Promise<Channel>;
    /** Connects a channel that was stopped. */
    start(name: string, actor: string): Promise<Channel>;
  };
  readonly configuration: ChannelConfiguration;
  readonly changes: Changes;
}

/** What to change, and on whose behalf. */
export interface UpdateChannel {
  /** Names the channel and holds the new values; etag is checked unless empty. */
  readonly channel: Channel;
  /** Of enabled and title; empty means those that are set. */
  readonly paths: readonly string[];
  readonly actor: string;
}

/** See the file's first line. Updates are made one after the other. */
export class ChannelUpdates {
  readonly #parts: ChannelUpdatesParts;
  readonly #turns = new Turns();

  constructor(parts: ChannelUpdatesParts) {
    this.#parts = parts;
  }

  /** The channel afterwards. Fails with NOT_FOUND, ETAG_MISMATCH, FIELD_INVALID, and as `ChannelConfiguration` does. */
  async update({ channel: wanted, paths, actor }: UpdateChannel, once: Once<Channel>): Promise<Channel> {
    requireChannelName(wanted.name, "channel.name");
    const changes = maskedChanges(wanted, paths);
    const { changes: transactions } = this.#parts;
    return await this.#turns.run(() =>
      doOnceOutside(transactions, once, () => this.#update(wanted, { ...changes, actor })),
    );
  }

  async #update({ name, etag }: Channel, wanted: Pick<ChannelChange, "enabled" | "title" | "actor">): Promise<Channel> {
    const { channels, operator, configuration } = this.#parts;
    const { etag: current, kind, account } = channels.get(name);
    if (etag !== "" && etag !== current) throw etagMismatch(name, current);
    await configuration.changeChannel({ ...wanted, name, kind, account });
    const channel = await operator.get(name);
    const isStopped = wanted.enabled === true && !channel.enabled && channels.line(name).settings.enabled;
    return isStopped ? await operator.start(name, wanted.actor) : channel;
  }
}

function maskedChanges(wanted: Channel, paths: readonly string[]): Pick<ChannelChange, "enabled" | "title"> {
  const set = [...(wanted.enabled ? ["enabled"] : []), ...(wanted.title === "" ? [] : ["title"])];
  const picked = paths.length > 0 ? paths : set;
  for (const path of picked) {
    if (path === "enabled" || path === "title") continue;
    throw invalidField("update_mask", `${path} cannot be updated; use enabled, title`);
  }
  return {
    ...(picked.includes("enabled") && { enabled: wanted.enabled }),
    ...(picked.includes("title") && { title: checkedTitle(wanted.title) }),
  };
}

function checkedTitle(title: string): string {
  if (title !== "" && title.trim() === "") throw invalidField("channel.title", "is blank; leave it empty for none");
  checkText(title, "channel.title", maxTitleLength);
  return title;
}
