/** Getting into an IRC network: capabilities, password, SASL, a nick that is free. */

import { MisconfiguredError } from "../../core/channel/network.ts";
import type { IrcLine } from "./irc-line.ts";
import type { IrcSettings } from "./irc-settings.ts";
import type { IrcWire } from "./irc-wire.ts";

/** What makes lines tell more; asked for where a server has it. */
const wantedCapabilities = ["server-time", "message-tags", "account-tag"];

/** Nicks that are tried, one underscore longer each. */
const maxNicks = 5;

/** What a server waits for in one piece of SASL, in characters. */
const saslPiece = 400;

/** Who we are now. */
export interface Registered {
  readonly nick: string;
  /** Capabilities that are in force. */
  readonly capabilities: ReadonlySet<string>;
}

/**
 * Registers with the server; resolves when it has welcomed us. Throws MisconfiguredError when it will never do so: a refused
 * password, an account it does not know, a nick that is none.
 */
export async function register(wire: IrcWire, settings: IrcSettings): Promise<Registered> {
  const { promise, resolve, reject } = Promise.withResolvers<Registered>();
  const talk = new Registration(wire, settings, resolve);
  const off = wire.onLine((line) => {
    try {
      talk.hear(line);
    } catch (error) {
      reject(error);
    }
  });
  try {
    talk.begin();
    return await Promise.race([promise, wire.closed]);
  } finally {
    off();
  }
}

class Registration {
  readonly #wire: IrcWire;
  readonly #settings: IrcSettings;
  readonly #done: (registered: Registered) => void;
  readonly #offered = new Set<string>();
  readonly #capabilities = new Set<string>();
  #nick: string;
  #nicks = 1;

  constructor(wire: IrcWire, settings: IrcSettings, done: (registered: Registered) => void) {
    this.#wire = wire;
    this.#settings = settings;
    this.#done = done;
    this.#nick = settings.nick;
  }

  /** A server that knows no capabilities welcomes us without answering the first line. */
  begin(): void {
    const { password, username, realname } = this.#settings;
    this.#wire.send("CAP", "LS", "302");
    if (password !== undefined) this.#wire.send("PASS", password);
    this.#wire.send("NICK", this.#nick);
    this.#wire.send("USER", username, "0", "*", realname);
  }

  hear(line: IrcLine): void {
    const { command, params } = line;
    const said = params.at(-1) ?? "";
    if (command === "001") this.#welcome(params[0] ?? this.#nick);
    else if (command === "CAP") this.#negotiate(params);
    else if (command === "AUTHENTICATE" && said === "+") this.#authenticate();
    else if (command === "903") this.#wire.send("CAP", "END");
    else if (command === "433" || command === "436" || command === "437") this.#tryAnotherNick(said);
    else if (command === "432") throw new MisconfiguredError(`the server takes no nick "${this.#nick}": ${said}`);
    else if (command === "464") throw new MisconfiguredError(`the server refused the password: ${said}`);
    else if (/^90[24567]$/.test(command)) throw new MisconfiguredError(`the server refused the SASL login: ${said}`);
  }

  #welcome(nick: string): void {
    if (this.#settings.sasl !== undefined && !this.#capabilities.has("sasl")) {
      throw new MisconfiguredError("the server has no SASL; use channels.irc.nickserv instead of channels.irc.sasl");
    }
    this.#done({ nick, capabilities: this.#capabilities });
  }

  #negotiate(params: readonly string[]): void {
    const words = (params.at(-1) ?? "").split(" ").filter(Boolean);
    const [, step = ""] = params;
    if (step === "LS") {
      for (const word of words) this.#offered.add(word.split("=", 1)[0] ?? word);
      // "*" before the list says that there is more.
      if (params[2] === "*" && params.length > 3) return;
      const wanted = this.#settings.sasl === undefined ? wantedCapabilities : [...wantedCapabilities, "sasl"];
      const both = wanted.filter((name) => this.#offered.has(name));
      if (both.length === 0) this.#wire.send("CAP", "END");
      else this.#wire.send("CAP", "REQ", both.join(" "));
    } else if (step === "ACK") {
      for (const word of words) this.#capabilities.add(word);
      if (this.#capabilities.has("sasl")) this.#wire.send("AUTHENTICATE", "PLAIN");
      else this.#wire.send("CAP", "END");
    } else if (step === "NAK") this.#wire.send("CAP", "END");
  }

  #authenticate(): void {
    const { account = "", password = "" } = this.#settings.sasl ?? {};
    const secret = Buffer.from(`${account}\0${account}\0${password}`).toString("base64");
    for (let start = 0; start < secret.length; start += saslPiece) {
      this.#wire.send("AUTHENTICATE", secret.slice(start, start + saslPiece));
    }
    if (secret.length % saslPiece === 0) this.#wire.send("AUTHENTICATE", "+");
  }

  #tryAnotherNick(said: string): void {
    if (this.#nicks >= maxNicks) throw new Error(`no nick is free: ${said}`);
    this.#nicks += 1;
    this.#nick += "_";
    this.#wire.send("NICK", this.#nick);
  }
}
