/** What people say to us on XMPP, handed in one after the other, with the place in the archive we are at. */

import { randomUUID } from "node:crypto";
import type { ChannelHost } from "../../core/channel/network.ts";
import { systemClock } from "../../lib/clock.ts";
import { jsonObject } from "../../lib/text/json-object.ts";
import type { Element } from "./wire/xml-element.ts";
import { isArchived, type XmppArchive } from "./xmpp-archive.ts";
import { archiveIdOf, inboundFrom, stampOf, timeOf, wasKeptFor } from "./xmpp-inbound.ts";
import type { XmppRooms } from "./xmpp-rooms.ts";
import { StanzaError } from "./xmpp-stream.ts";

/** Where we are. */
interface Place {
  /** Id of the newest message of our archive that we have; empty when there was none. */
  readonly archive: string;
  /** When that was, ISO 8601: what rooms are asked from, and the archive when it forgot the id. */
  readonly time: string;
}

/** What the feed needs. */
export interface FeedParts {
  readonly host: ChannelHost;
  /** Our address, without its resource. */
  readonly self: string;
  readonly rooms: XmppRooms;
}

/** See the file's first line. */
export class XmppFeed {
  readonly #parts: FeedParts;
  #place: Place = { archive: "", time: "" };
  /** The time rooms are asked from, until they were: what the archive tells is newer than what was missed in them. */
  #held: string | undefined;
  #archived = false;
  /** Where the catching up ended, once something came that is in the archive only from there on. */
  #again: Place | undefined;
  #caughtUp: Place = this.#place;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** When we last had everything, ISO 8601; empty the first time. */
  get since(): string {
    return this.#place.time;
  }

  /** Fetches what came while we were away; the first time ever, only where the archive is at. */
  async catchUp(archive: XmppArchive): Promise<boolean> {
    const { host, self } = this.#parts;
    const { archive: id, time }: Partial<Place> = jsonObject(await host.backfillCursor()) ?? {};
    const known = id !== undefined && time !== undefined;
    if (known) {
      this.#place = { archive: id, time };
      this.#held = time;
    }
    const nowTime = new Date(systemClock.nowMs()).toISOString();
    this.#archived = await archive.exists(self);
    if (this.#archived && known) await this.#read(archive);
    else {
      this.#place = { archive: this.#archived ? await archive.newest() : "", time: this.#place.time || nowTime };
      if (!known) await host.keepCursor(JSON.stringify(this.#place));
    }
    this.#caughtUp = this.#place;
    return this.#archived;
  }

  /** We are present, and in our rooms: fetches what came since the catching up, if the server kept any of it. */
  async catchUpAgain(archive: XmppArchive): Promise<void> {
    this.#held = undefined;
    if (this.#again === undefined) return;
    const { archive: after, time } = this.#again;
    this.#again = undefined;
    await this.#readFrom(archive, after === "" ? { start: time } : { after });
  }

  /** Takes one message; resolves when it is kept. */
  async hear(stanza: Element): Promise<void> {
    if (stanza.name !== "message" || isArchived(stanza)) return;
    const { self } = this.#parts;
    const group = stanza.attribute("type") === "groupchat";
    const id = group ? "" : archiveIdOf(stanza, self);
    // What a server with an archive kept besides is in the archive, from where we have it.
    if (this.#archived && !group && id === "" && wasKeptFor(stanza, self)) {
      this.#again = this.#caughtUp;
      return;
    }
    await this.#keep(stanza, { id, stamp: stampOf(stanza) });
  }

  async #read(archive: XmppArchive): Promise<void> {
    const { archive: after, time } = this.#place;
    try {
      await this.#readFrom(archive, after === "" ? { start: time } : { after });
    } catch (error) {
      if (!(error instanceof StanzaError) || error.condition !== "item-not-found") throw error;
      this.#parts.host.log.warn({}, "the archive forgot where we were; it is read from the time we last had");
      await this.#readFrom(archive, { start: time });
    }
  }

  async #readFrom(archive: XmppArchive, from: { start: string } | { after: string }): Promise<void> {
    const messages = archive.read(from);
    for (;;) {
      const next = await messages.next();
      if (next.done) {
        if (!next.value.complete) this.#parts.host.log.warn({}, "the archive holds more that we missed than is read");
        return;
      }
      const { id, message, stamp } = next.value;
      await this.#keep(message, { id, stamp });
    }
  }

  async #keep(stanza: Element, { id, stamp }: { id: string; stamp: string }): Promise<void> {
    const { host, self, rooms } = this.#parts;
    const nowMs = systemClock.nowMs();
    const time = this.#held ?? new Date(timeOf(stamp, nowMs)).toISOString();
    this.#place = { archive: id || this.#place.archive, time };
    const message = inboundFrom(stanza, { self, rooms, nowMs, fallbackId: randomUUID() });
    if (message === undefined) return;
    if (id !== "") message.platformId = message.edited ? message.platformId : id;
    await host.receive(message, JSON.stringify(this.#place));
  }
}
