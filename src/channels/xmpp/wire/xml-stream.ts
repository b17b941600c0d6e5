/** Reads a stream of XML as it comes: its opening tag, then one whole element after the other. */

import { Element } from "./xml-element.ts";

/** Largest element that is read, characters. A server that sends more is none. */
const maxElement = 4_194_304;

/** How deep elements may lie in each other: what anybody puts below that is left out. */
const maxDepth = 100;

/** What is told. */
export interface XmlListener {
  /** The stream's own tag. */
  opened(attributes: Readonly<Record<string, string>>): void;
  /** A whole element in it. */
  element(element: Element): void;
  /** The stream's end tag. */
  closed(): void;
}

interface Open {
  readonly element: Element;
  readonly prefixes: Readonly<Record<string, string>>;
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** See the file's first line. XMPP allows no comments, doctypes, or entities of one's own: they are errors. */
export class XmlStream {
  readonly #listener: XmlListener;
  readonly #open: Open[] = [];
  /** Open elements that are left out. */
  #below = 0;
  #rest = "";
  #length = 0;

  constructor(listener: XmlListener) {
    this.#listener = listener;
  }

  /** Takes more text. Throws when it is not the XML of XMPP. */
  write(text: string): void {
    this.#rest += text;
    if (this.#length + this.#rest.length > maxElement) throw new Error("the server sent too long an element");
    for (;;) {
      const start = this.#rest.indexOf("<");
      if (start === -1) return;
      const end = endOfTag(this.#rest, start);
      if (end === -1) return;
      this.#text(this.#rest.slice(0, start));
      const tag = this.#rest.slice(start + 1, end);
      this.#length = this.#open.length <= 1 ? 0 : this.#length + end + 1;
      this.#rest = this.#rest.slice(end + 1);
      this.#tag(tag);
    }
  }

  #text(text: string): void {
    if (this.#open.length > 1 && this.#below === 0 && text !== "")
      this.#open.at(-1)?.element.children.push(decoded(text));
  }

  #tag(tag: string): void {
    if (tag.startsWith("?") && this.#open.length === 0) return;
    if (/^[?!]/.test(tag)) throw new Error("the server sent what XMPP does not allow");
    if (tag.startsWith("/")) this.#close();
    else {
      this.#begin(tag.replace(/\/$/, ""));
      if (tag.endsWith("/")) this.#close();
    }
  }

  #begin(tag: string): void {
    if (this.#open.length === maxDepth) {
      this.#below += 1;
      return;
    }
    const [, fullName = ""] = /^([^\s/>]+)/.exec(tag) ?? [];
    const attributes: Record<string, string> = {};
    for (const [, key = "", , double, single] of tag
      .slice(fullName.length)
      .matchAll(/([^\s=]+)\s*=\s*("([^"]*)"|'([^']*)')/g)) {
      attributes[key] = decoded(double ?? single ?? "");
    }
    const prefixes: Record<string, string> = { ...this.#open.at(-1)?.prefixes };
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "xmlns") prefixes[""] = value;
      else if (key.startsWith("xmlns:")) prefixes[key.slice("xmlns:".length)] = value;
    }
    const at = fullName.indexOf(":");
    const namespace = prefixes[at === -1 ? "" : fullName.slice(0, at)] ?? "";
    const element = new Element(fullName.slice(at + 1), namespace, attributes);
    if (this.#open.length > 1) this.#open.at(-1)?.element.children.push(element);
    this.#open.push({ element, prefixes });
    if (this.#open.length === 1) this.#listener.opened(attributes);
  }

  #close(): void {
    if (this.#below > 0) {
      this.#below -= 1;
      return;
    }
    const closed = this.#open.pop();
    if (closed === undefined) throw new Error("the server closed what it had not opened");
    if (this.#open.length === 0) this.#listener.closed();
    else if (this.#open.length === 1) this.#listener.element(closed.element);
  }
}

/** The ">" that ends a tag: one in quotes does not. */
function endOfTag(text: string, start: number): number {
  let quote = "";
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === ">") return at;
    else if (character === '"' || character === "'") quote = character;
  }
  return -1;
}

function decoded(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|\w+);/g, (_, name: string) => {
    if (!name.startsWith("#")) {
      const entity = entities[name];
      if (entity === undefined) throw new Error("the server sent an entity of its own");
      return entity;
    }
    const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : "";
  });
}
