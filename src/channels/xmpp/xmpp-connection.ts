/** One account on an XMPP server. */

import { create } from "@bufbuild/protobuf";
import {
  CapabilitiesSchema,
  type DirectoryEntry,
  Conversation_Kind as Kind,
} from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery, OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { directoryEntry as entry, fitsQuery } from "../../core/channel/conversation/directory-entry.ts";
import {
  type Address,
  type ChannelHost,
  type Connection,
  type DirectoryQuery,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { xml } from "./wire/xml-element.ts";
import { logIn } from "./wire/xmpp-login.ts";
import { XmppWire } from "./wire/xmpp-wire.ts";
import { XmppArchive } from "./xmpp-archive.ts";
import { XmppFeed } from "./xmpp-feed.ts";
import { XmppRooms } from "./xmpp-rooms.ts";
import { XmppSender } from "./xmpp-sender.ts";
import { localOf, type XmppSettings } from "./xmpp-settings.ts";
import { XmppStream } from "./xmpp-stream.ts";

/** Bytes of text in one message: every server takes stanzas of 10 000. */
const maxTextBytes = 8_000;

/** The stream while there is one. */
interface Live {
  readonly stream: XmppStream;
  readonly rooms: XmppRooms;
  readonly sender: XmppSender;
  readonly signal: AbortSignal;
}

/** See `Connection`. Conversations are people and rooms. */
export class XmppConnection implements Connection {
  readonly capabilities = create(CapabilitiesSchema, {
    maxText: maxTextBytes,
    textUnit: "bytes",
    groups: true,
    edit: true,
    typing: true,
    directory: true,
  });
  readonly #settings: XmppSettings;
  readonly #host: ChannelHost;
  #live: Live | undefined;

  constructor(settings: XmppSettings, host: ChannelHost) {
    this.#settings = settings;
    this.#host = host;
  }

  async run(signal: AbortSignal): Promise<void> {
    const wire = await XmppWire.open(this.#settings, signal);
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const goodbye = (): void => wire.quit("goodbye");
    signal.addEventListener("abort", goodbye, { once: true });
    if (signal.aborted) goodbye();
    try {
      await raceAbort(logIn(wire, this.#settings, either), either);
      const live = await this.#enter(wire, either);
      this.#live = live;
      this.#host.online(this.#settings.jid);
      await Promise.race([wire.closed, live.stream.watch(either)]);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#live = undefined;
      ended.abort(new Error("the connection ended"));
      signal.removeEventListener("abort", goodbye);
      if (!signal.aborted) wire.close(new Error("the connection was given up"));
    }
  }

  async send(action: OutboundAction, to: Address, attempt: SendAttempt): Promise<readonly string[]> {
    const live = this.#live;
    if (live === undefined) throw new UnsentError("XMPP is not connected");
    return live.sender.send(action, to, attempt);
  }

  async typing(to: Address, active: boolean): Promise<void> {
    this.#live?.sender.typing(to, active);
  }

  async reconcile(delivery: Delivery, to: Address): Promise<Reconciled | undefined> {
    return this.capabilities.reconcile ? this.#live?.sender.reconcile(delivery, to) : undefined;
  }

  async probe(signal: AbortSignal): Promise<string> {
    if (this.#live !== undefined) await this.#live.stream.settle(signal);
    else {
      const wire = await XmppWire.open(this.#settings, signal);
      try {
        // A resource of its own: it must not push out the one that is connected.
        const settings = { ...this.#settings, resource: `${this.#settings.resource}-probe` };
        await raceAbort(logIn(wire, settings, signal), signal);
      } finally {
        wire.quit("only looked in");
      }
    }
    return this.#settings.jid;
  }

  async lookUp({ kind, query, limit }: DirectoryQuery): Promise<readonly DirectoryEntry[]> {
    const live = this.#live;
    if (live === undefined) return [];
    const entries = await this.#entries(live, kind, query);
    return (kind === "members" ? entries : entries.filter(fitsQuery(query))).slice(0, limit);
  }

  /** What was missed comes before presence tells the server to send what it kept. */
  async #enter(wire: XmppWire, signal: AbortSignal): Promise<Live> {
    const { jid: self } = this.#settings;
    const stream = new XmppStream(wire, async (stanza) => {
      if (stanza.name === "presence") rooms.hear(stanza);
      else await feed.hear(stanza);
    });
    const rooms = new XmppRooms({ stream, settings: this.#settings, log: this.#host.log, signal });
    const feed = new XmppFeed({ host: this.#host, self, rooms });
    const archive = new XmppArchive(stream, signal);
    const archived = await feed.catchUp(archive);
    this.capabilities.backfill = archived;
    this.capabilities.reconcile = archived;
    const since = feed.since;
    stream.send(xml("presence"));
    await rooms.joinAll(since);
    await stream.settle(signal);
    await feed.catchUpAgain(archive);
    return { stream, rooms, signal, sender: new XmppSender({ stream, rooms, archive, self }) };
  }

  async #entries(
    { stream, rooms, signal }: Live,
    kind: DirectoryQuery["kind"],
    query: string,
  ): Promise<DirectoryEntry[]> {
    if (kind === "self") return [entry(this.#settings.jid, localOf(this.#settings.jid), Kind.DIRECT)];
    if (kind === "groups") return rooms.addresses.map((room) => entry(room, localOf(room), Kind.GROUP));
    if (kind === "members") {
      return [...rooms.people(query)].map(([nick, real]) => entry(real || `${query}/${nick}`, nick, Kind.DIRECT));
    }
    const roster = await stream.ask("get", xml("query", { xmlns: "jabber:iq:roster" }), { signal });
    return (roster.find("query")?.elements ?? []).map((item) => {
      return entry(item.attribute("jid"), item.attribute("name") || item.attribute("jid"), Kind.DIRECT);
    });
  }
}
