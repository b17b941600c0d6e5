/** Somebody on XMPP with a client of a few lines, who says things and notes what is said to them. */

import net, { type Socket } from "node:net";
import { until } from "../until.ts";
import { prosodyPassword } from "./prosody.ts";

/** One message they were sent. */
export interface HeardMessage {
  readonly id: string;
  readonly from: string;
  readonly type: string;
  readonly text: string;
  /** Id of the message it corrects; empty when it is a new one. */
  readonly replaces: string;
}

/** See the file's first line. */
export class XmppPerson {
  /** Everything the server said so far. */
  heard = "";
  readonly #socket: Socket;
  #asked = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text) => {
      this.heard += text;
    });
    socket.on("error", () => {});
  }

  /** Comes in, and resolves when they are there. */
  static async join(port: number, name: string): Promise<XmppPerson> {
    const person = new XmppPerson(net.connect(port, "127.0.0.1"));
    const stream =
      "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
    person.write(stream);
    await person.hears(/<\/stream:features>/);
    const proof = Buffer.from(`\0${name}\0${prosodyPassword}`).toString("base64");
    person.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${proof}</auth>`);
    await person.hears(/<success/);
    person.heard = "";
    person.write(stream);
    await person.hears(/<\/stream:features>/);
    await person.ask("set", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>phone</resource></bind>");
    person.write("<presence/>");
    await person.settle();
    return person;
  }

  write(markup: string): void {
    this.#socket.write(markup);
  }

  /** Asks the server for something, and resolves with what it had said by the time of its answer. */
  async ask(type: "get" | "set", payload: string): Promise<void> {
    this.#asked += 1;
    const id = `q${this.#asked}`;
    this.write(`<iq type='${type}' id='${id}'>${payload}</iq>`);
    await this.hears(new RegExp(`<iq[^>]* id='${id}'`));
  }

  /** Resolves when the server has done everything that was written before. */
  settle(): Promise<void> {
    return this.ask("get", "<ping xmlns='urn:xmpp:ping'/>");
  }

  async hears(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(this.heard), `somebody on XMPP hears ${pattern}`);
  }

  get messages(): HeardMessage[] {
    return [...this.heard.matchAll(/<message([^>]*)>(.*?)<\/message>/gs)].flatMap(([, attributes = "", inner = ""]) => {
      const text = /<body>(.*?)<\/body>/s.exec(inner)?.[1];
      const [id, from, type] = ["id", "from", "type"].map((name) => attributeOf(attributes, name));
      const replaces = attributeOf(/<replace([^>]*)>/.exec(inner)?.[1] ?? "", "id");
      return text === undefined ? [] : [{ id: id ?? "", from: from ?? "", type: type ?? "", text, replaces }];
    });
  }

  leave(): void {
    this.#socket.destroy();
  }
}

function attributeOf(attributes: string, name: string): string {
  return new RegExp(`(?:^|\\s)${name}='([^']*)'`).exec(attributes)?.[1] ?? "";
}
