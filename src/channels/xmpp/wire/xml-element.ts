/** XML as XMPP has it: elements that were read, and markup that is written. */

/** An element that was read. */
export class Element {
  /** Without a prefix. */
  readonly name: string;
  /** Its namespace; empty when it has none. */
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Element | string)[] = [];

  constructor(name: string, namespace: string, attributes: Readonly<Record<string, string>>) {
    this.name = name;
    this.namespace = namespace;
    this.attributes = attributes;
  }

  /** The value of an attribute; empty when it has none. */
  attribute(name: string): string {
    return this.attributes[name] ?? "";
  }

  get elements(): readonly Element[] {
    return this.children.filter((child) => child instanceof Element);
  }

  /** The first child of this name; without a namespace, of any. */
  find(name: string, namespace?: string): Element | undefined {
    return this.elements.find((child) => {
      return child.name === name && (namespace === undefined || child.namespace === namespace);
    });
  }

  /** Text directly in it. */
  get text(): string {
    return this.children.filter((child) => typeof child === "string").join("");
  }
}

/** XML that was written by `xml`; strings that are not are escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An element to be sent. Attributes without a value are left out. */
export function xml(
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (Markup | string)[]
): Markup {
  const written = Object.entries(attributes)
    .map(([key, value]) => (value === undefined ? "" : ` ${key}='${escapeXml(value)}'`))
    .join("");
  const inner = children.map((child) => (child instanceof Markup ? child.text : escapeXml(child))).join("");
  return new Markup(inner === "" ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`);
}

/** Text in XML; characters XML cannot have are left out, for a server ends the stream over them. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("'", "&apos;")
    .replaceAll('"', "&quot;");
}
