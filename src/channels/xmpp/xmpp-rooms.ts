/** The rooms we are in (XEP-0045): who is there, and coming back after we were thrown out. */

import { backoffMs } from "../../lib/backoff.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { sleep } from "../../lib/sleep.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { type Element, xml } from "./wire/xml-element.ts";
import { bareOf, resourceOf, type XmppSettings } from "./xmpp-settings.ts";
import { StanzaError, type XmppStream } from "./xmpp-stream.ts";

const roomSpace = "http://jabber.org/protocol/muc";
const personSpace = "http://jabber.org/protocol/muc#user";

/** How long a room may take to let us in, ms. */
const joinMs = 15_000;

/** Whoever threw us out sees us again after this long, ms. */
const rejoinMs = 15_000;

/** A room that did not let us in is asked again after this long, ms; it doubles. */
const againMs = 1_000;
const longestMs = 300_000;

/** What rooms need. */
export interface RoomParts {
  readonly stream: XmppStream;
  readonly settings: XmppSettings;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** See the file's first line. */
export class XmppRooms {
  readonly #parts: RoomParts;
  /** Nicks, and the real address behind each as far as the room tells, by room. */
  readonly #people = new Map<string, Map<string, string>>();
  readonly #nicks = new Map<string, string>();

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  /** Goes into every room; one that does not let us in is told in the log. `since` (ISO 8601) asks for what was missed. */
  async joinAll(since: string): Promise<void> {
    const { settings } = this.#parts;
    const join = async (room: string): Promise<void> => {
      if (!(await this.#join(room, since))) void this.#comeBack(room, since);
    };
    await Promise.all(settings.rooms.addresses.map(join));
  }

  /** True for a room we are in, or go into as soon as it lets us. */
  isOurs(room: string): boolean {
    return this.#parts.settings.rooms.addresses.includes(room);
  }

  get addresses(): readonly string[] {
    return [...this.#nicks.keys()];
  }

  /** Our nick in a room; undefined when we are not in it. */
  nick(room: string): string | undefined {
    return this.#nicks.get(room);
  }

  /** Nicks with the real address, empty where the room does not tell it. */
  people(room: string): ReadonlyMap<string, string> {
    return this.#people.get(room) ?? new Map();
  }

  /** Takes presence; what is not of a room is left alone. */
  hear(presence: Element): void {
    const room = bareOf(presence.attribute("from"));
    const nick = resourceOf(presence.attribute("from"));
    const person = presence.find("x", personSpace);
    const people = this.#people.get(room);
    if (person === undefined || people === undefined) return;
    const self = hasStatus(person, "110");
    if (presence.attribute("type") === "unavailable") {
      people.delete(nick);
      if (!self || hasStatus(person, "303")) return;
      this.#nicks.delete(room);
      this.#parts.log.warn({ room }, "we are no longer in a room on XMPP");
      const since = new Date(systemClock.nowMs()).toISOString();
      void this.#comeBack(room, since, rejoinMs);
      return;
    }
    people.set(nick, bareOf(person.find("item")?.attribute("jid") ?? ""));
    if (!self) return;
    this.#nicks.set(room, nick);
    if (hasStatus(person, "201")) void this.#open(room);
  }

  /** False when it does not let us in, which is told in the log. */
  async #join(room: string, since: string): Promise<boolean> {
    const { stream, settings, log, signal } = this.#parts;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#people.set(room, new Map());
    const off = stream.listen((stanza) => {
      if (stanza.name !== "presence" || bareOf(stanza.attribute("from")) !== room) return;
      if (stanza.attribute("type") === "error") reject(new StanzaError(stanza));
      else if (hasStatus(stanza.find("x", personSpace), "110")) resolve();
    });
    try {
      const history = since === "" ? xml("history", { maxstanzas: "0" }) : xml("history", { since });
      const to = `${room}/${settings.rooms.nick}`;
      stream.send(xml("presence", { to }, xml("x", { xmlns: roomSpace }, history)));
      await raceAbort(promise, AbortSignal.any([signal, AbortSignal.timeout(joinMs)]));
      return true;
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ room, reason: errorWords(error) }, "a room on XMPP cannot be joined");
      return false;
    } finally {
      off();
    }
  }

  /** A room that did not exist is ours, and closed to others until we say how it is to be: as the server has them. */
  async #open(room: string): Promise<void> {
    const { stream, log, signal } = this.#parts;
    const form = xml("x", { xmlns: "jabber:x:data", type: "submit" });
    try {
      const query = xml("query", { xmlns: "http://jabber.org/protocol/muc#owner" }, form);
      await stream.ask("set", query, { to: room, signal });
      log.info({ room }, "a room on XMPP did not exist and was made");
    } catch (error) {
      if (!signal.aborted) log.warn({ room, err: error }, "a new room on XMPP cannot be opened to others");
    }
  }

  /** Goes into a room as soon as it lets us; never rejects. */
  async #comeBack(room: string, since: string, waitMs = againMs): Promise<void> {
    try {
      for (let failures = 1; ; failures += 1) {
        const longer = backoffMs(failures, { baseMs: waitMs, capMs: longestMs, jitter: 0.2 });
        await sleep(longer, this.#parts.signal);
        if (this.#nicks.has(room) || (await this.#join(room, since))) return;
      }
    } catch {
      // The connection ended meanwhile; the next one joins anyway.
    }
  }
}

function hasStatus(person: Element | undefined, code: string): boolean {
  return person?.elements.some((one) => one.name === "status" && one.attribute("code") === code) ?? false;
}
