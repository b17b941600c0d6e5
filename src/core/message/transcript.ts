/** Transcripts: read, search, and add notes. */

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Message, type Part, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { encodePageToken } from "../../lib/page-token.ts";
import type { Changes } from "../changes.ts";
import { invalidField, notFound } from "../errors.ts";
import { requireMessageName, requireSessionName, sessionOf } from "../names.ts";
import { doOnce, type Once } from "../once.ts";
import { conditions, enumValue, pageKey, pageSize, withinPage } from "../paging.ts";
import { getSession } from "../run/run-transitions.ts";
import type { ReadTables, Store } from "../store.ts";
import { indexTexts } from "./index-texts.ts";
import { checkParts } from "./message-parts.ts";
import { messageBytes } from "./message-size.ts";
import type { MessageHit } from "./message-table.ts";
import { searchTerms } from "./search-terms.ts";

/** What to list. */
export interface ListMessages {
  readonly parent: string;
  readonly pageSize: number;
  readonly pageToken: string;
  /** Undefined means the current one. */
  readonly generation?: number;
  /** Message to centre the first page on; empty means the newest. */
  readonly around: string;
}

/** A page of a transcript, newest first. */
export interface MessagePage {
  readonly messages: readonly Message[];
  readonly nextPageToken: string;
  /** Event-log position it reflects. */
  readonly sequence: number;
}

/** A note for a transcript. */
export interface AppendMessage {
  readonly parent: string;
  readonly role: Message["role"];
  readonly parts: Part[];
  readonly actor: string;
}

/** What to search for. */
export interface SearchMessages {
  readonly query: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly filter: string;
}

/** Where a page begins: right below `before`, or with the newest message. */
interface Start {
  readonly generation: number;
  readonly before: number | undefined;
}

/** The transcripts of the gateway. */
export class Transcript {
  readonly #store: Store;
  readonly #changes: Changes;

  constructor(store: Store, changes: Changes) {
    this.#store = store;
    this.#changes = changes;
  }

  /** Fails with NOT_FOUND. */
  get(name: string): Promise<Message> {
    requireMessageName(name, "name");
    return this.#store.read(({ messages }) => getMessage(messages, name));
  }

  /** Fails with NOT_FOUND for the session or for `around`. */
  list(request: ListMessages): Promise<MessagePage> {
    const session = requireSessionName(request.parent, "parent");
    const limit = pageSize(request.pageSize);
    if (request.around !== "" && request.pageToken !== "") {
      throw invalidField("around", "does not go together with page_token");
    }
    return this.#store.read(async (tables) => {
      const start = await this.#start(tables, request, limit);
      const query = { session, generation: start.generation, before: start.before, order: "newest" } as const;
      const found = await tables.messages.list({ ...query, limit: limit + 1 });
      const page = withinPage(found.slice(0, limit), messageBytes);
      const last = page.at(-1);
      const more = found.length > page.length && last !== undefined;
      return {
        messages: page,
        nextPageToken: more ? encodePageToken(listQuery(session), [start.generation, Number(last.position)]) : "",
        sequence: await tables.events.head(),
      };
    });
  }

  /** Adds a note; no agent runs. Fails with NOT_FOUND and FIELD_INVALID. */
  append(request: AppendMessage, once: Once<Message>): Promise<Message> {
    const session = requireSessionName(request.parent, "parent");
    const { role, parts, actor } = request;
    if (role !== Role.USER && role !== Role.ASSISTANT && role !== Role.SYSTEM) {
      throw invalidField("message.role", "is one of ROLE_USER, ROLE_ASSISTANT, ROLE_SYSTEM");
    }
    checkParts(parts, "message.parts");
    return this.#changes.transact(actor, (recorder) =>
      doOnce(recorder, once, async () => {
        const known = await getSession(recorder.tables, session);
        const message = await recorder.insertMessage(session, {
          generation: known.generation,
          role,
          parts,
          sender: actor,
        });
        await recorder.updateSession(known, {
          messageCount: known.messageCount + 1,
          activeTime: timestampFromMs(recorder.nowMs),
        });
        return message;
      }),
    );
  }

  /** Best match first. Fails with FIELD_INVALID when the query has no words. */
  async search(request: SearchMessages): Promise<{ hits: readonly MessageHit[]; nextPageToken: string }> {
    const query = `search ${request.filter}\n${request.query}`;
    const offset = Number(pageKey(request.pageToken, query, ["number"])?.[0] ?? 0);
    const limit = pageSize(request.pageSize);
    const search = { ...searchFilter(request.filter), terms: searchTerms(request.query), offset, limit: limit + 1 };
    await indexTexts(this.#store);
    const found = await this.#store.read(({ messages }) => messages.search(search));
    const hits = withinPage(found.slice(0, limit), ({ message }) => messageBytes(message));
    const more = found.length > hits.length;
    return { hits, nextPageToken: more ? encodePageToken(query, [offset + hits.length]) : "" };
  }

  async #start(tables: ReadTables, request: ListMessages, limit: number): Promise<Start> {
    const session = await getSession(tables, request.parent);
    const key = pageKey(request.pageToken, listQuery(request.parent), ["number", "number"]);
    if (key !== undefined) return placeFrom(key, request.generation);
    if (request.around === "") return { generation: request.generation ?? session.generation, before: undefined };
    if (sessionOf(requireMessageName(request.around, "around")) !== request.parent) {
      throw invalidField("around", `belongs to another session than ${request.parent}`);
    }
    const centre = await getMessage(tables.messages, request.around);
    const newer = await tables.messages.list({
      session: request.parent,
      generation: centre.generation,
      from: Number(centre.position) + 1,
      order: "oldest",
      limit: Math.floor(limit / 2),
    });
    return { generation: centre.generation, before: Number(newer.at(-1)?.position ?? centre.position) + 1 };
  }
}

async function getMessage(messages: ReadTables["messages"], name: string): Promise<Message> {
  const message = await messages.find(name);
  if (message === undefined) throw notFound(name);
  return message;
}

/** Where the page before ended. Fails with FIELD_INVALID when another generation is asked for than its own. */
function placeFrom([generation, before]: readonly unknown[], wanted: number | undefined): Start {
  if (wanted !== undefined && wanted !== generation) {
    throw invalidField("page_token", `belongs to a list of generation ${generation}, not of ${wanted}`);
  }
  return { generation: Number(generation), before: Number(before) };
}

function listQuery(session: string): string {
  return `messages ${session}`;
}

function searchFilter(filter: string): { session?: string; role?: Message["role"] } {
  const query: { session?: string; role?: Message["role"] } = {};
  for (const condition of conditions(filter, ["session", "role"])) {
    if (condition.field === "role") query.role = enumValue(condition, Role);
    else query.session = requireSessionName(condition.value, "filter");
  }
  return query;
}
