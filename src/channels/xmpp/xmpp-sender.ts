/** Saying something on XMPP, and finding out whether it was said. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Delivery, OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { type Address, type Reconciled, type SendAttempt, UnsentError } from "../../core/channel/network.ts";
import { idOf } from "../../core/names.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { type Element, type Markup, xml } from "./wire/xml-element.ts";
import type { XmppArchive } from "./xmpp-archive.ts";
import type { XmppRooms } from "./xmpp-rooms.ts";
import { bareOf, resourceOf } from "./xmpp-settings.ts";
import { StanzaError, type XmppStream } from "./xmpp-stream.ts";

/** Clocks of servers and ours may differ by this much, ms. */
const clockSlackMs = 600_000;

/** What the sender needs. */
export interface SenderParts {
  readonly stream: XmppStream;
  readonly rooms: XmppRooms;
  readonly archive: XmppArchive;
  /** Our address, without its resource. */
  readonly self: string;
}

/** See the file's first line. Our ids are those of deliveries: ULIDs, nobody else's, and the same for every try. */
export class XmppSender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Our id of the message, or of the one that was changed. */
  async send({ kind }: OutboundAction, { address }: Address, attempt: SendAttempt): Promise<readonly string[]> {
    if (kind.case !== "message" && kind.case !== "edit") {
      throw new UnsentError(`XMPP has no ${kind.case ?? "such thing"}`, { permanent: true });
    }
    if (kind.case === "message" && kind.value.attachment !== undefined) {
      throw new UnsentError("files cannot be sent on XMPP", { permanent: true });
    }
    if (!/^[^\s@/<>"'&]+@[^\s@/<>"'&]+(?:\/.+)?$/.test(address)) {
      throw new UnsentError(`"${address}" is no address on XMPP`, { permanent: true });
    }
    const { rooms } = this.#parts;
    if (rooms.isOurs(address) && rooms.nick(address) === undefined)
      throw new UnsentError(`we are not in ${address} now`);
    const id = idOf(attempt.delivery);
    const { text } = kind.value;
    const replaced = kind.case === "edit" ? kind.value.platformId : undefined;
    const more = replaced === undefined ? [] : [xml("replace", { xmlns: "urn:xmpp:message-correct:0", id: replaced })];
    const content = [xml("body", {}, text), xml("origin-id", { xmlns: "urn:xmpp:sid:0", id }), ...more];
    await this.#say({ address, id, content, signal: attempt.signal });
    return [replaced ?? id];
  }

  typing({ address }: Address, active: boolean): void {
    const state = xml(active ? "composing" : "active", { xmlns: "http://jabber.org/protocol/chatstates" });
    const noStore = xml("no-store", { xmlns: "urn:xmpp:hints" });
    this.#parts.stream.send(xml("message", { to: address, type: this.#typeOf(address) }, state, noStore));
  }

  /** Looks into the archive of the room, or our own; undefined when there is none. */
  async reconcile({ name, createTime, action }: Delivery, { address }: Address): Promise<Reconciled | undefined> {
    // The same change once more leaves everything as it is.
    if (action?.kind.case === "edit") return { outcome: "unsent" };
    const room = this.#typeOf(address) === "groupchat";
    const sinceMs = (createTime === undefined ? 0 : timestampMs(createTime)) - clockSlackMs;
    const start = new Date(Math.max(sinceMs, 0)).toISOString();
    const id = idOf(name);
    const found = this.#parts.archive.read({ start, ...(room ? { of: address } : { with: bareOf(address) }) });
    try {
      for (;;) {
        const { done, value } = await found.next();
        if (done) return value.complete ? { outcome: "unsent" } : undefined;
        if (value.message.attribute("id") === id && this.#isOurs(value.message))
          return { outcome: "sent", platformIds: [id] };
      }
    } catch (error) {
      if (error instanceof StanzaError) return undefined;
      throw error;
    }
  }

  /**
   * Direct messages are through when the server has answered what came after; messages in a room, when the room shows them to
   * us. Both tell a refusal by an error with our id.
   */
  async #say(saying: { address: string; id: string; content: readonly Markup[]; signal: AbortSignal }): Promise<void> {
    const { address, id, content, signal } = saying;
    const { stream, rooms } = this.#parts;
    const type = this.#typeOf(address);
    const { promise: shown, resolve } = Promise.withResolvers<void>();
    let refusal: StanzaError | undefined;
    const off = stream.listen((stanza) => {
      if (stanza.name !== "message" || stanza.attribute("id") !== id) return;
      if (stanza.attribute("type") === "error") refusal = new StanzaError(stanza);
      else if (resourceOf(stanza.attribute("from")) !== rooms.nick(address)) return;
      resolve();
    });
    try {
      try {
        stream.send(xml("message", { to: address, type, id }, ...content));
      } catch (error) {
        throw UnsentError.from(error);
      }
      if (type === "groupchat") await raceAbort(Promise.race([shown, stream.closed]), signal);
      else await stream.settle(signal);
    } finally {
      off();
    }
    if (refusal !== undefined) {
      throw new UnsentError(`XMPP refused it: ${refusal.message}`, {
        permanent: refusal.kind !== "wait",
        cause: refusal,
      });
    }
  }

  #typeOf(address: string): "chat" | "groupchat" {
    return this.#parts.rooms.isOurs(address) ? "groupchat" : "chat";
  }

  #isOurs(message: Element): boolean {
    const from = message.attribute("from");
    const { rooms, self } = this.#parts;
    const bare = bareOf(from);
    const nick = rooms.nick(bare);
    return bare === self || (rooms.isOurs(bare) && (nick === undefined || resourceOf(from) === nick));
  }
}
