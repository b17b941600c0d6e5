/** The stream once we are logged in: questions and answers, and everything else in order, acknowledged when it is handled. */

import { randomUUID } from "node:crypto";
import { sleep } from "../../lib/sleep.ts";
import { Turns } from "../../lib/turns.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { type Element, type Markup, xml } from "./wire/xml-element.ts";
import { acknowledgeSpace } from "./wire/xmpp-login.ts";
import type { XmppWire } from "./wire/xmpp-wire.ts";

/** How long an answer may take, ms. */
const answerMs = 20_000;

/** A server that says nothing for this long is asked whether it is there, ms. */
const quietMs = 60_000;

/** The other side answered with an error. */
export class StanzaError extends Error {
  /** E.g. "item-not-found". */
  readonly condition: string;
  /** "wait" when it may work later. */
  readonly kind: string;

  constructor(stanza: Element) {
    const error = stanza.find("error");
    const condition = error?.elements.find(({ name }) => name !== "text")?.name ?? "undefined-condition";
    const text = error?.find("text")?.text;
    super(text ? `${condition}: ${text}` : condition);
    this.name = "StanzaError";
    this.condition = condition;
    this.kind = error?.attribute("type") ?? "";
  }
}

/** See the file's first line. */
export class XmppStream {
  readonly #wire: XmppWire;
  readonly #handle: (stanza: Element) => Promise<void>;
  readonly #asked = new Map<string, (answer: Element) => void>();
  readonly #listeners = new Set<(stanza: Element) => void>();
  #handled = 0;
  #waiting = 0;
  #heard = 0;
  readonly #turns = new Turns();

  /** `handle` is called with one message or presence after the other; when it rejects the stream ends. */
  constructor(wire: XmppWire, handle: (stanza: Element) => Promise<void>) {
    this.#wire = wire;
    this.#handle = handle;
    wire.listen((element) => this.#take(element));
  }

  /** Rejects when the stream ends. */
  get closed(): Promise<never> {
    return this.#wire.closed;
  }

  send(markup: Markup): void {
    this.#wire.send(markup);
  }

  /** Calls the listener with everything that comes, at once, until the returned function is called. */
  listen(listener: (stanza: Element) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Asks, and resolves with the answer. Rejects with StanzaError when that is an error. */
  async ask(
    type: "get" | "set",
    payload: Markup,
    { to, signal }: { to?: string; signal: AbortSignal },
  ): Promise<Element> {
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<Element>();
    this.#asked.set(id, resolve);
    try {
      this.send(xml("iq", { type, id, to }, payload));
      const limited = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
      const answer = await raceAbort(Promise.race([promise, this.closed]), limited);
      if (answer.attribute("type") === "error") throw new StanzaError(answer);
      return answer;
    } finally {
      this.#asked.delete(id);
    }
  }

  /** Resolves when the server has done everything that was sent before. */
  async settle(signal: AbortSignal): Promise<void> {
    try {
      await this.ask("get", xml("ping", { xmlns: "urn:xmpp:ping" }), { signal });
    } catch (error) {
      // A server that knows no pings has answered all the same.
      if (!(error instanceof StanzaError)) throw error;
    }
  }

  /** Asks a server that has gone quiet whether it is there, until the signal aborts; closes the wire when it is not. */
  async watch(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const heard = this.#heard;
        await sleep(quietMs, signal);
        if (heard === this.#heard) await this.settle(signal);
      }
    } catch (error) {
      if (!signal.aborted) this.#wire.close(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #take(element: Element): void {
    this.#heard += 1;
    const { name } = element;
    if (name === "r") this.#wire.send(xml("a", { xmlns: acknowledgeSpace, h: String(this.#handled) }));
    if (name !== "iq" && name !== "message" && name !== "presence") return;
    for (const listener of [...this.#listeners]) listener(element);
    if (name === "iq") this.#answer(element);
    this.#waiting += 1;
    this.#wire.backlog(this.#waiting);
    void this.#turns.run(() => this.#inTurn(element));
  }

  async #inTurn(element: Element): Promise<void> {
    try {
      if (element.name !== "iq") await this.#handle(element);
      this.#handled = (this.#handled + 1) % 2 ** 32;
    } catch (error) {
      this.#wire.close(error instanceof Error ? error : new Error(String(error)));
      // What follows must not be acknowledged either.
      await this.closed.catch(() => new Promise<never>(() => {}));
    } finally {
      this.#waiting -= 1;
      this.#wire.backlog(this.#waiting);
    }
  }

  #answer(iq: Element): void {
    const id = iq.attribute("id");
    const type = iq.attribute("type");
    if (type === "result" || type === "error") {
      this.#asked.get(id)?.(iq);
      return;
    }
    const to = iq.attribute("from") || undefined;
    if (iq.find("ping", "urn:xmpp:ping") !== undefined) this.send(xml("iq", { type: "result", id, to }));
    else {
      const why = xml("service-unavailable", { xmlns: "urn:ietf:params:xml:ns:xmpp-stanzas" });
      this.send(xml("iq", { type: "error", id, to }, xml("error", { type: "cancel" }, why)));
    }
  }
}
