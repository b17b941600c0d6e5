/** Saying something on Slack. */

import { buffer } from "node:stream/consumers";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Delivery, OutboundAction, OutboundMessage } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { NewestMap } from "../../lib/newest-map.ts";
import { isPersonId, type SlackChannel, type SlackMessage } from "./slack-api.ts";
import { blocksOf } from "./slack-buttons.ts";
import { threadAddress } from "./slack-inbound.ts";
import type { SlackSettings } from "./slack-settings.ts";
import { SlackRefusal, type SlackWeb } from "./slack-web.ts";
import { emojiName } from "./text/emoji-name.ts";
import { mrkdwnFrom } from "./text/mrkdwn.ts";

/** Marks a message as one of our deliveries. */
const eventType = "openclaw_delivery";
const historySize = 200;
/** Clocks differ, ms. */
const skewMs = 60_000;

interface Place {
  readonly channel: string;
  readonly thread: string | undefined;
}

/** See the file's first line. */
export class SlackSender {
  readonly #settings: SlackSettings;
  readonly #web: SlackWeb;
  readonly #host: ChannelHost;
  readonly #directChannels = new NewestMap<string, string>(5_000);
  /** Threads we said something in. */
  readonly #threads = new NewestMap<string, true>(1_000);

  constructor(settings: SlackSettings, web: SlackWeb, host: ChannelHost) {
    this.#settings = settings;
    this.#web = web;
    this.#host = host;
  }

  /** True for a thread we said something in, as far as we remember. */
  isOurThread(address: string): boolean {
    return this.#threads.has(address);
  }

  /** See `Connection.send`. */
  async send({ kind }: OutboundAction, to: Address, { delivery, signal }: SendAttempt): Promise<readonly string[]> {
    const place = await this.#placeOf(to, signal);
    const { channel } = place;
    if (kind.case === "message") {
      const thread = place.thread ?? (kind.value.replyTo || undefined);
      const ids = await this.#say(kind.value, { place: { channel, thread }, delivery, signal });
      if (thread !== undefined) this.#threads.set(threadAddress(channel, thread), true);
      return ids;
    }
    if (kind.case === undefined || kind.case === "poll") {
      throw new UnsentError(`Slack has no ${kind.case ?? "such thing"}`, { permanent: true });
    }
    const { platformId } = kind.value;
    if (kind.case === "edit") {
      const text = mrkdwnFrom(kind.value.text);
      await this.#web.call("chat.update", { channel, ts: platformId, text, blocks: [] }, { signal });
    } else if (kind.case === "delete") {
      await this.#web.call("chat.delete", { channel, ts: platformId }, { signal });
    } else await this.#react(kind.value, channel, signal);
    return [platformId];
  }

  /** See `Connection.reconcile`: messages carry the delivery they are. */
  async reconcile({ name, action, createTime }: Delivery, to: Address): Promise<Reconciled | undefined> {
    if (action?.kind.case !== "message" || action.kind.value.attachment !== undefined || createTime === undefined)
      return;
    const signal = AbortSignal.timeout(30_000);
    const { channel, thread } = await this.#placeOf(to, signal);
    const ts = thread ?? (action.kind.value.replyTo || undefined);
    const oldest = ((timestampMs(createTime) - skewMs) / 1_000).toFixed(6);
    const query = { channel, ts, oldest, limit: historySize, include_all_metadata: true };
    const method = ts === undefined ? "conversations.history" : "conversations.replies";
    const { messages, has_more } = await this.#web.read<History>(method, query, { signal });
    const found = messages.find(
      ({ metadata }) => metadata?.event_type === eventType && metadata.event_payload?.delivery === name,
    );
    if (found !== undefined) return { outcome: "sent", platformIds: [found.ts] };
    return has_more ? undefined : { outcome: "unsent" };
  }

  async #say(
    { text, attachment, buttons }: OutboundMessage,
    { place, delivery, signal }: { place: Place; delivery: string; signal: AbortSignal },
  ): Promise<readonly string[]> {
    const mrkdwn = mrkdwnFrom(text);
    if (attachment !== undefined && buttons.length > 0) {
      throw new UnsentError("Slack has no buttons under a file; send them with a text", { permanent: true });
    }
    if (attachment !== undefined) return this.#sendFile(attachment, mrkdwn, { place, signal });
    const { unfurlLinks } = this.#settings;
    const { ts } = await this.#web.call<{ ts: string }>(
      "chat.postMessage",
      {
        ...{ channel: place.channel, thread_ts: place.thread, text: mrkdwn, mrkdwn: true, link_names: false },
        ...{ unfurl_links: unfurlLinks, unfurl_media: unfurlLinks },
        blocks: buttons.length > 0 ? blocksOf(text, buttons) : undefined,
        metadata: { event_type: eventType, event_payload: { delivery } },
      },
      { signal },
    );
    return [ts];
  }

  /** Until the last step nothing is shown to anybody. */
  async #sendFile(
    attachment: Attachment,
    comment: string,
    { place, signal }: { place: Place; signal: AbortSignal },
  ): Promise<readonly string[]> {
    const filename = attachment.fileName || "file";
    const id = await this.#prepareFile(attachment, filename, signal).catch((error: unknown) => {
      throw UnsentError.from(error, "Slack did not take the file");
    });
    await this.#web.call(
      "files.completeUploadExternal",
      {
        ...{ files: [{ id, title: filename }], channel_id: place.channel, thread_ts: place.thread },
        initial_comment: comment || undefined,
      },
      { signal },
    );
    return [id];
  }

  async #prepareFile(attachment: Attachment, filename: string, signal: AbortSignal): Promise<string> {
    const content = new Blob([await buffer(this.#host.readFile(attachment))], { type: "application/octet-stream" });
    const { upload_url, file_id } = await this.#web.call<{ upload_url: string; file_id: string }>(
      "files.getUploadURLExternal",
      { filename, length: content.size },
      { signal },
    );
    await this.#web.upload(upload_url, content, signal);
    return file_id;
  }

  /** A reaction that is there already, or gone already, is as it was wanted. */
  async #react(
    { platformId, emoji, remove }: { platformId: string; emoji: string; remove: boolean },
    channel: string,
    signal: AbortSignal,
  ): Promise<void> {
    const name = emojiName(emoji);
    if (name === undefined)
      throw new UnsentError(`Slack's name of ${emoji} is not known; write it as :name:`, { permanent: true });
    const method = remove ? "reactions.remove" : "reactions.add";
    await this.#web.call(method, { channel, timestamp: platformId, name }, { signal }).catch((error: unknown) => {
      if (error instanceof SlackRefusal && (error.code === "already_reacted" || error.code === "no_reaction")) return;
      throw error;
    });
  }

  /** Where an address is; the conversation with a person is opened when it is first wanted. */
  async #placeOf({ address }: Address, signal: AbortSignal): Promise<Place> {
    const [, id = "", thread] = /^([A-Z][A-Z0-9]{2,})(?::(\d+\.\d+))?$/.exec(address) ?? [];
    if (!isPersonId(id)) {
      if (/^[CDG]/.test(id)) return { channel: id, thread };
      throw new UnsentError(`"${address}" is no address on Slack; it is the id of a channel or person`, {
        permanent: true,
      });
    }
    const known = this.#directChannels.get(id);
    if (known !== undefined) return { channel: known, thread };
    // A conversation that may or may not have been opened is no message that may have been sent.
    const call = this.#web.call<{ channel: SlackChannel }>("conversations.open", { users: id }, { signal });
    const { channel } = await call.catch((error: unknown) => {
      throw UnsentError.from(error, "Slack did not open the conversation");
    });
    this.#directChannels.set(id, channel.id);
    return { channel: channel.id, thread };
  }
}

interface History {
  readonly messages: readonly SlackMessage[];
  readonly has_more?: boolean;
}
