/** One connection to an XMPP server: markup out, elements in, alive or closed for good. */

import { resolveSrv } from "node:dns/promises";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { untilConnected } from "../../../lib/web/until-connected.ts";
import { domainOf, type XmppSettings } from "../xmpp-settings.ts";
import { type Element, escapeXml, type Markup } from "./xml-element.ts";
import { XmlStream } from "./xml-stream.ts";

/** Elements read and not handled at which the server has to wait. */
const maxWaiting = 500;

/** See the file's first line. */
export class XmppWire {
  /** Rejects when the connection ends, with the reason. */
  readonly closed: Promise<never>;
  readonly #settings: XmppSettings;
  readonly #end: (reason: Error) => void;
  readonly #read: Element[] = [];
  #waiter: ((element: Element) => void) | undefined;
  #listener: ((element: Element) => void) | undefined;
  #socket: Socket;
  #encrypted: boolean;
  #reason: Error | undefined;

  private constructor(socket: Socket, settings: XmppSettings) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.closed = promise;
    this.#settings = settings;
    this.#socket = socket;
    this.#encrypted = settings.tls === "direct";
    this.#end = (reason) => {
      this.#reason ??= reason;
      this.#socket.destroy();
      reject(this.#reason);
    };
    this.#hear();
  }

  /** Connects. Rejects when that fails, or the signal aborts. */
  static async open(settings: XmppSettings, signal: AbortSignal): Promise<XmppWire> {
    const { host, port } = await endpointOf(settings);
    const socket =
      settings.tls === "direct" ? connectTls({ host, port, ...tlsOptions(settings) }) : connectPlain({ host, port });
    await untilConnected(socket, settings.tls === "direct" ? "secureConnect" : "connect", signal);
    return new XmppWire(socket, settings);
  }

  get encrypted(): boolean {
    return this.#encrypted;
  }

  /** Encrypts the connection. */
  async encrypt(signal: AbortSignal): Promise<void> {
    this.#socket.removeAllListeners("data");
    const socket = connectTls({ socket: this.#socket, ...tlsOptions(this.#settings) });
    await untilConnected(socket, "secureConnect", signal);
    this.#socket = socket;
    this.#encrypted = true;
    this.#hear();
  }

  /** Begins a stream, again after each step of the login. What was read before is forgotten. */
  begin(): void {
    this.#read.length = 0;
    this.#socket.removeAllListeners("data");
    this.#hearText();
    const to = escapeXml(domainOf(this.#settings.jid));
    this.#write(
      `<?xml version='1.0'?><stream:stream to='${to}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
    );
  }

  /** Sends markup. Throws the reason when the connection has ended. */
  send(markup: Markup): void {
    this.#write(markup.text);
  }

  /** The next element; until `listen` is called. */
  async next(): Promise<Element> {
    const read = this.#read.shift();
    if (read !== undefined) return read;
    const { promise, resolve } = Promise.withResolvers<Element>();
    this.#waiter = resolve;
    return Promise.race([promise, this.closed]);
  }

  /** Calls the listener with every element from now on. */
  listen(listener: (element: Element) => void): void {
    this.#listener = listener;
    for (const element of this.#read.splice(0)) listener(element);
  }

  /** How many elements wait to be handled: beyond a limit nothing is read. */
  backlog(count: number): void {
    if (count >= maxWaiting) this.#socket.pause();
    else if (this.#socket.isPaused() && count < maxWaiting / 2) this.#socket.resume();
  }

  /** Ends the connection; `closed` rejects with the reason. */
  close(reason: Error): void {
    this.#end(reason);
  }

  /** Says goodbye, as far as that is possible, and ends the connection. */
  quit(reason: string): void {
    if (this.#reason === undefined) this.#socket.end("</stream:stream>");
    const timer = setTimeout(() => this.close(new Error(reason)), 500);
    this.closed.catch(() => clearTimeout(timer));
  }

  #write(text: string): void {
    if (this.#reason !== undefined) throw this.#reason;
    this.#socket.write(text);
  }

  #hear(): void {
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(new Error("the server closed the connection")));
    this.#hearText();
  }

  #hearText(): void {
    const stream = new XmlStream({
      opened: () => {},
      element: (element) => this.#take(element),
      closed: () => this.#end(new Error("the server ended the stream")),
    });
    const decoder = new TextDecoder();
    this.#socket.on("data", (bytes: Buffer) => {
      try {
        stream.write(decoder.decode(bytes, { stream: true }));
      } catch (error) {
        this.#end(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #take(element: Element): void {
    if (element.name === "error" && element.namespace === "http://etherx.jabber.org/streams") {
      const text = element.find("text")?.text || element.elements[0]?.name || "something went wrong";
      this.#end(new Error(`the server ended the stream: ${text}`));
    } else if (this.#listener !== undefined) this.#listener(element);
    else if (this.#waiter !== undefined) {
      this.#waiter(element);
      this.#waiter = undefined;
    } else this.#read.push(element);
  }
}

function tlsOptions({ jid, tlsRejectUnauthorized: rejectUnauthorized }: XmppSettings) {
  const domain = domainOf(jid);
  return { rejectUnauthorized, ...(isIP(domain) === 0 && { servername: domain }) };
}

/** The configured host, or the first that the domain names, or the domain itself. */
async function endpointOf({ jid, host, port, tls }: XmppSettings): Promise<{ host: string; port: number }> {
  if (host !== undefined) return { host, port };
  const domain = domainOf(jid);
  const service = tls === "direct" ? "_xmpps-client._tcp" : "_xmpp-client._tcp";
  const records = await resolveSrv(`${service}.${domain}`).catch(() => []);
  const [first] = records.filter(({ name }) => name !== "").sort((a, b) => a.priority - b.priority);
  return first === undefined ? { host: domain, port } : { host: first.name, port: first.port };
}
