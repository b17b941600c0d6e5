/** What channels have had to do with: their conversations, and the senders admitted to them. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Conversation, Sender } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { encodePageToken } from "../../lib/page-token.ts";
import type { Changes } from "../changes.ts";
import { notFound } from "../errors.ts";
import { pageKey, pageSize, withinPage } from "../paging.ts";
import type { Store } from "../store.ts";
import { requireChannelName, requirePartName } from "./channel-names.ts";
import { queryWords } from "./conversation/directory-entry.ts";

/** What to list. */
export interface ListOfChannel {
  /** "channels/{channel}", or "channels/-" for all. */
  readonly parent: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** See the file's first line. */
export class AddressBook {
  readonly #store: Store;
  readonly #changes: Changes;

  constructor(store: Store, changes: Changes) {
    this.#store = store;
    this.#changes = changes;
  }

  /** A page of conversations, the most recently active first; `query` holds words that must all occur in address or title. */
  async listConversations(
    request: ListOfChannel & { readonly query: string },
  ): Promise<{ conversations: readonly Conversation[]; nextPageToken: string }> {
    const channel = channelOfParent(request.parent);
    const words = queryWords(request.query);
    const limit = pageSize(request.pageSize);
    const list = JSON.stringify(["conversations", channel, words]);
    const [activeTimeMs, name] = pageKey(request.pageToken, list, ["number", "string"]) ?? [];
    const after = name === undefined ? undefined : { activeTimeMs: Number(activeTimeMs), name: String(name) };
    const found = await this.#store.read(({ conversations }) =>
      conversations.list({ channel, words, after, limit: limit + 1 }),
    );
    const page = withinPage(found.slice(0, limit), ({ address, title }) => 400 + address.length + title.length);
    const last = page.at(-1);
    const more = page.length < found.length && last !== undefined;
    return {
      conversations: page,
      nextPageToken: more ? encodePageToken(list, [activeMs(last), last.name]) : "",
    };
  }

  /** A page of admitted senders, by name. */
  async listSenders(request: ListOfChannel): Promise<{ senders: readonly Sender[]; nextPageToken: string }> {
    const channel = channelOfParent(request.parent);
    const limit = pageSize(request.pageSize);
    const list = JSON.stringify(["senders", channel]);
    const [after] = pageKey(request.pageToken, list, ["string"]) ?? [];
    const afterName = after === undefined ? undefined : String(after);
    const found = await this.#store.read(({ senders }) => senders.list({ channel, afterName, limit: limit + 1 }));
    const page = withinPage(found.slice(0, limit), ({ address, title }) => 400 + address.length + title.length);
    const last = page.at(-1);
    const more = page.length < found.length && last !== undefined;
    return { senders: page, nextPageToken: more ? encodePageToken(list, [last.name]) : "" };
  }

  /** Withdraws an admission. Fails with NOT_FOUND. */
  async deleteSender(name: string, actor: string): Promise<void> {
    requirePartName(name, "senders", "name");
    const deleted = await this.#changes.transact(actor, ({ tables }) => tables.senders.delete(name));
    if (!deleted) throw notFound(name);
  }
}

function channelOfParent(parent: string): string | undefined {
  return parent === "channels/-" ? undefined : requireChannelName(parent, "parent");
}

function activeMs({ activeTime }: Conversation): number {
  return activeTime === undefined ? 0 : timestampMs(activeTime);
}
