/** One app on Slack. */

import { create } from "@bufbuild/protobuf";
import { CapabilitiesSchema, type DirectoryEntry } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery, OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type {
  Address,
  ChannelHost,
  Connection,
  DirectoryQuery,
  Reconciled,
  SendAttempt,
} from "../../core/channel/network.ts";
import { aborted } from "../../lib/until-aborted.ts";
import { EventFeed } from "./events/event-feed.ts";
import { eventHook } from "./events/event-hook.ts";
import { FeedCursor } from "./events/feed-cursor.ts";
import { stayOnSocket } from "./events/stay-on-socket.ts";
import type { SlackSelf } from "./slack-api.ts";
import { lookUp } from "./slack-directory.ts";
import { SlackRoster } from "./slack-roster.ts";
import { SlackSender } from "./slack-sender.ts";
import type { SlackSettings } from "./slack-settings.ts";
import { SlackWeb, settingsFailure } from "./slack-web.ts";

const maxText = 4_000;
const maxMediaBytes = 100n * 1_048_576n;

/** See `Connection`. What was said while we were away is fetched, and what Slack brings again is known. */
export class SlackConnection implements Connection {
  readonly capabilities = create(CapabilitiesSchema, {
    ...{ maxText, textUnit: "characters", maxMediaBytes, groups: true, threads: true, edit: true, delete: true },
    ...{ react: true, buttons: true, reply: true, markdown: true, backfill: true, reconcile: true, directory: true },
  });
  readonly #settings: SlackSettings;
  readonly #host: ChannelHost;
  readonly #web: SlackWeb;
  readonly #roster: SlackRoster;
  readonly #sender: SlackSender;

  constructor(settings: SlackSettings, host: ChannelHost) {
    this.#settings = settings;
    this.#host = host;
    this.#web = new SlackWeb(settings);
    this.#roster = new SlackRoster(this.#web);
    this.#sender = new SlackSender(settings, this.#web, host);
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      const self = await this.#self(signal);
      const cursor = new FeedCursor(await this.#host.backfillCursor());
      const isOurThread = (address: string): boolean => this.#sender.isOurThread(address);
      const parts = { host: this.#host, web: this.#web, roster: this.#roster, self, signal, isOurThread, cursor };
      await this.#stay(new EventFeed(parts), titleOf(self), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async send(action: OutboundAction, to: Address, attempt: SendAttempt): Promise<readonly string[]> {
    return this.#sender.send(action, to, attempt);
  }

  async probe(signal: AbortSignal): Promise<string> {
    return titleOf(await this.#self(signal));
  }

  async lookUp(query: DirectoryQuery): Promise<readonly DirectoryEntry[]> {
    return lookUp({ web: this.#web, roster: this.#roster }, query);
  }

  async reconcile(delivery: Delivery, to: Address): Promise<Reconciled | undefined> {
    return this.#sender.reconcile(delivery, to);
  }

  async #stay(feed: EventFeed, title: string, signal: AbortSignal): Promise<void> {
    const { events } = this.#settings;
    if (events.mode === "socket") {
      const { appToken } = events;
      await stayOnSocket({ web: this.#web, host: this.#host, feed, appToken, title }, signal);
      return;
    }
    const ended = new AbortController();
    const served = AbortSignal.any([signal, ended.signal]);
    try {
      // Requests that come meanwhile wait behind what was missed.
      const caughtUp = feed.catchUp();
      const hook = eventHook(events.signingSecret, (event) => feed.hear(event));
      this.#host.serveHook(hook, served, events.path ?? defaultPath(this.#host));
      this.#host.online(title);
      await caughtUp;
      await aborted(signal);
    } finally {
      ended.abort();
    }
  }

  async #self(signal: AbortSignal): Promise<SlackSelf> {
    return this.#web.read<SlackSelf>("auth.test", {}, { signal }).catch((error) => {
      throw settingsFailure(error, "botToken");
    });
  }
}

/** "/slack/events" for the default account, "/slack/events/work" for the account "work". */
function defaultPath({ channel }: ChannelHost): string {
  const [, account] = channel.split(":", 2);
  return account === undefined ? "/slack/events" : `/slack/events/${account}`;
}

function titleOf({ user, team }: SlackSelf): string {
  return `@${user} in ${team}`;
}
