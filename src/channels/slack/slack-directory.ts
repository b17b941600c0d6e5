/** People and channels on Slack, asked for when somebody looks them up. */

import { type DirectoryEntry, Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { directoryEntry as entry, fitsQuery } from "../../core/channel/conversation/directory-entry.ts";
import type { DirectoryQuery } from "../../core/channel/network.ts";
import type { SlackChannel, SlackPerson, SlackSelf } from "./slack-api.ts";
import { nameOf, type SlackRoster } from "./slack-roster.ts";
import type { SlackWeb } from "./slack-web.ts";

const answerMs = 20_000;
const pageSize = 200;
/** Pages that are looked through at most. */
const mostPages = 25;

/** What is looked through. */
export interface DirectoryParts {
  readonly web: SlackWeb;
  readonly roster: SlackRoster;
}

/** What is found; for "members" the query is a channel's id, otherwise words that must all occur. */
export async function lookUp(
  { web, roster }: DirectoryParts,
  { kind, query, limit }: DirectoryQuery,
): Promise<DirectoryEntry[]> {
  const signal = AbortSignal.timeout(answerMs);
  if (kind === "self") {
    const self = await web.read<SlackSelf>("auth.test", {}, { signal });
    return [entry(self.user_id, `@${self.user}`, Kind.DIRECT)];
  }
  if (kind === "members") {
    const query_ = { channel: query.trim(), limit: Math.min(limit, 1_000) };
    const { members } = await web.read<{ members: string[] }>("conversations.members", query_, { signal });
    const people = members.slice(0, limit).map(async (id) => entry(id, (await roster.person(id)).name, Kind.DIRECT));
    return Promise.all(people);
  }
  const fits = fitsQuery(query);
  const found: DirectoryEntry[] = [];
  for await (const one of kind === "peers" ? peopleOf(web, signal) : channelsOf(web, signal)) {
    if (fits(one)) found.push(one);
    if (found.length >= limit) break;
  }
  return found;
}

async function* peopleOf(web: SlackWeb, signal: AbortSignal): AsyncGenerator<DirectoryEntry> {
  for await (const { members = [] } of pages(web, { method: "users.list", values: {}, signal })) {
    for (const person of members) {
      if (!person.deleted) yield entry(person.id, `${nameOf(person)} (@${person.name ?? person.id})`, Kind.DIRECT);
    }
  }
}

async function* channelsOf(web: SlackWeb, signal: AbortSignal): AsyncGenerator<DirectoryEntry> {
  const values = { types: "public_channel,private_channel", exclude_archived: true };
  for await (const { channels = [] } of pages(web, { method: "conversations.list", values, signal })) {
    for (const { id, name } of channels) yield entry(id, `#${name ?? id}`, Kind.GROUP);
  }
}

interface Page {
  readonly members?: readonly SlackPerson[];
  readonly channels?: readonly SlackChannel[];
  readonly response_metadata?: { readonly next_cursor?: string };
}

async function* pages(
  web: SlackWeb,
  { method, values, signal }: { method: string; values: object; signal: AbortSignal },
): AsyncGenerator<Page> {
  let cursor: string | undefined;
  for (let count = 0; count < mostPages; count += 1) {
    const page: Page = await web.read<Page>(method, { ...values, limit: pageSize, cursor }, { signal });
    yield page;
    cursor = page.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) return;
  }
}
