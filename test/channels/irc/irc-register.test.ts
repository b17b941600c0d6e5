/** Getting in: SASL, NickServ, refused passwords, as a server that has them says it. */

import { once } from "node:events";
import net, { type AddressInfo, type Server } from "node:net";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { enter } from "../../../src/channels/irc/irc-entry.ts";
import { register } from "../../../src/channels/irc/irc-register.ts";
import { type IrcSettings, ircSettings } from "../../../src/channels/irc/irc-settings.ts";
import { IrcWire } from "../../../src/channels/irc/irc-wire.ts";
import { silentLog } from "../../../src/lib/log.ts";

/** What the server answers to a line, by the beginning of the line. */
type Answers = Readonly<Record<string, string | readonly string[]>>;

describe("registering on IRC", () => {
  let server: Server | undefined;
  let wire: IrcWire | undefined;
  let heard: string[];

  afterEach(async () => {
    wire?.close(new Error("done"));
    server?.close();
  });

  async function open(answers: Answers, changes: object = {}): Promise<IrcSettings> {
    heard = [];
    server = net.createServer((socket) => {
      socket.on("error", () => {});
      createInterface({ input: socket }).on("line", (line) => {
        heard.push(line);
        const key = Object.keys(answers).find((start) => line.startsWith(start));
        const lines = key === undefined ? [] : [answers[key] ?? []].flat();
        if (line.startsWith("PING")) lines.push(`:irc.test PONG irc.test ${line.slice(5)}`);
        socket.write(lines.map((one) => `${one}\r\n`).join(""));
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const settings = ircSettings({ host: "127.0.0.1", port, tls: false, nick: "claw", ...changes });
    wire = await IrcWire.open(settings, AbortSignal.timeout(5_000));
    return settings;
  }

  const theWire = (): IrcWire => {
    if (wire === undefined) throw new Error("there is no connection");
    return wire;
  };
  const welcome = ":irc.test 001 claw :Welcome";

  it("logs in with SASL before it is welcomed", async () => {
    const settings = await open(
      {
        "CAP LS": ":irc.test CAP * LS :sasl=PLAIN server-time",
        "CAP REQ": ":irc.test CAP claw ACK :server-time sasl",
        "AUTHENTICATE PLAIN": "AUTHENTICATE +",
        "AUTHENTICATE ": ":irc.test 903 claw :done",
        "CAP END": welcome,
      },
      { sasl: { account: "acc", password: "pass" } },
    );
    const { capabilities } = await register(theWire(), settings);
    expect([...capabilities]).to.deep.equal(["server-time", "sasl"]);
    const secret = Buffer.from("acc\0acc\0pass").toString("base64");
    expect(heard).to.include(`AUTHENTICATE ${secret}`);
    expect(heard.indexOf("CAP END")).to.be.greaterThan(heard.indexOf(`AUTHENTICATE ${secret}`));
  });

  it("is misconfigured when SASL or the server's password is refused", async () => {
    const refused = {
      "CAP LS": ":irc.test CAP * LS :sasl",
      "CAP REQ": ":irc.test CAP claw ACK :sasl",
      "AUTHENTICATE PLAIN": "AUTHENTICATE +",
      "AUTHENTICATE ": ":irc.test 904 claw :no",
    };
    for (const [answers, changes] of [
      [refused, { sasl: { password: "x" } }],
      [{ PASS: ":irc.test 464 * :wrong" }, { password: "x" }],
    ] as const) {
      const settings = await open(answers, changes);
      const error = await register(theWire(), settings).catch((thrown: Error) => thrown);
      expect(error).to.have.property("name", "MisconfiguredError");
      theWire().close(new Error("done"));
      server?.close();
    }
  });

  it("is welcomed by a server that knows no capabilities", async () => {
    const settings = await open({ USER: welcome });
    expect((await register(theWire(), settings)).nick).to.equal("claw");
  });

  it("tells NickServ who it is before it joins", async () => {
    const settings = await open(
      { USER: welcome, "PRIVMSG NickServ": ":NickServ!s@s NOTICE claw :You are identified" },
      { nickserv: { password: "pass" }, channels: ["#a", "#b key"] },
    );
    await register(theWire(), settings);
    await enter(theWire(), settings, silentLog);
    const told = heard.filter((line) => /^(PRIVMSG|JOIN)/.test(line));
    expect(told).to.deep.equal(["PRIVMSG NickServ :IDENTIFY pass", "JOIN #a", "JOIN #b key"]);
  });
});
