/** The archive a server keeps (XEP-0313): what came while we were away, and whether something was sent. */

import { randomUUID } from "node:crypto";
import { Element, type Markup, xml } from "./wire/xml-element.ts";
import { StanzaError, type XmppStream } from "./xmpp-stream.ts";

const archiveSpace = "urn:xmpp:mam:2";
const pageSpace = "http://jabber.org/protocol/rsm";

/** Messages of one page. */
const pageSize = 100;

/** Pages that are read at most. */
const maxPages = 50;

/** One message as the archive has it. */
export interface Archived {
  /** The archive's id. */
  readonly id: string;
  readonly message: Element;
  /** When it was kept, as the archive writes it; empty when it does not. */
  readonly stamp: string;
}

/** What is asked for. */
export interface ArchiveQuestion {
  /** Archive of a room; undefined is our own. */
  readonly of?: string | undefined;
  /** Only messages with this address. */
  readonly with?: string | undefined;
  /** Only from this time on, ISO 8601. */
  readonly start?: string | undefined;
  /** Only after this id. */
  readonly after?: string | undefined;
}

/** One page. */
interface Page {
  readonly messages: readonly Archived[];
  readonly last: string;
  readonly complete: boolean;
}

/** See the file's first line. */
export class XmppArchive {
  readonly #stream: XmppStream;
  readonly #signal: AbortSignal;

  constructor(stream: XmppStream, signal: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
  }

  /** True when our server keeps one for us. */
  async exists(jid: string): Promise<boolean> {
    try {
      const payload = xml("query", { xmlns: "http://jabber.org/protocol/disco#info" });
      const answer = await this.#stream.ask("get", payload, { to: jid, signal: this.#signal });
      const features = answer.find("query")?.elements ?? [];
      return features.some((feature) => feature.attribute("var") === archiveSpace);
    } catch (error) {
      if (error instanceof StanzaError) return false;
      throw error;
    }
  }

  /** Id of the newest message; empty when there is none. */
  async newest(): Promise<string> {
    const { last } = await this.#page({}, xml("set", { xmlns: pageSpace }, xml("max", {}, "1"), xml("before")));
    return last;
  }

  /** Messages, oldest first. Rejects with StanzaError item-not-found when `after` is no longer known. */
  async *read(question: ArchiveQuestion): AsyncGenerator<Archived, { readonly complete: boolean }> {
    let after = question.after ?? "";
    for (let page = 0; page < maxPages; page += 1) {
      const from = after === "" ? [] : [xml("after", {}, after)];
      const set = xml("set", { xmlns: pageSpace }, xml("max", {}, String(pageSize)), ...from);
      const { messages, last, complete } = await this.#page(question, set);
      yield* messages;
      if (complete || last === "") return { complete: true };
      after = last;
    }
    return { complete: false };
  }

  async #page(question: ArchiveQuestion, set: Markup): Promise<Page> {
    const queryId = randomUUID();
    const messages: Archived[] = [];
    const off = this.#stream.listen((stanza) => {
      const result = stanza.find("result", archiveSpace);
      if (result?.attribute("queryid") !== queryId) return;
      const forwarded = result.find("forwarded");
      const message = forwarded?.find("message");
      const stamp = forwarded?.find("delay")?.attribute("stamp") ?? "";
      if (message !== undefined) messages.push({ id: result.attribute("id"), message, stamp });
    });
    try {
      const fields = [
        field("FORM_TYPE", archiveSpace, "hidden"),
        ...(question.with ? [field("with", question.with)] : []),
        ...(question.start ? [field("start", question.start)] : []),
      ];
      const form = xml("x", { xmlns: "jabber:x:data", type: "submit" }, ...fields);
      const query = xml("query", { xmlns: archiveSpace, queryid: queryId }, form, set);
      const to = question.of === undefined ? {} : { to: question.of };
      const answer = await this.#stream.ask("set", query, { ...to, signal: this.#signal });
      const fin = answer.find("fin");
      const last = fin?.find("set")?.find("last")?.text ?? "";
      return { messages, last, complete: fin?.attribute("complete") === "true" };
    } finally {
      off();
    }
  }
}

/** True when a stanza is an answer of an archive and not said to us now. */
export function isArchived(stanza: Element): boolean {
  return stanza.find("result", archiveSpace) instanceof Element;
}

function field(name: string, value: string, type?: string): Markup {
  return xml("field", { var: name, type }, xml("value", {}, value));
}
