/** Saying something on IRC, to a server that answers what it likes. */

import { once } from "node:events";
import net, { type AddressInfo, type Server } from "node:net";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { IrcSender } from "../../../src/channels/irc/irc-sender.ts";
import { ircSettings } from "../../../src/channels/irc/irc-settings.ts";
import { IrcWire } from "../../../src/channels/irc/irc-wire.ts";
import { UnsentError } from "../../../src/core/channel/network.ts";

describe("saying something on IRC", () => {
  let server: Server;
  let wire: IrcWire;
  let said: string[];
  let answer: string;

  beforeEach(async () => {
    said = [];
    answer = "";
    server = net.createServer((socket) => {
      socket.on("error", () => {});
      createInterface({ input: socket }).on("line", (line) => {
        if (line.startsWith("PING")) socket.write(`:irc.test PONG irc.test ${line.slice(5)}\r\n`);
        else {
          said.push(line);
          socket.write(answer);
        }
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const settings = ircSettings({ host: "127.0.0.1", port, tls: false, nick: "claw" });
    wire = await IrcWire.open(settings, AbortSignal.timeout(5_000));
  });
  afterEach(() => {
    wire.close(new Error("done"));
    server.close();
  });

  async function failure(address: string): Promise<UnsentError> {
    const saying = { nick: "claw", address, text: "hello there", signal: AbortSignal.timeout(5_000) };
    const error = await new IrcSender(wire, 100).say(saying).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(UnsentError);
    return error as UnsentError;
  }

  it("fails for good where the name leaves no room for words", async () => {
    const { permanent, message } = await failure(`#${"a".repeat(450)}`);
    expect(permanent).to.equal(true);
    expect(message).to.contain("too long");
    expect(said).to.deep.equal([]);
  });

  it("waits for as long as the server says when it speaks to too many people", async () => {
    answer = ":irc.test 439 claw mia :Target change too fast. Please wait 42 seconds.\r\n";
    expect(await failure("mia")).to.include({ permanent: false, retryAfterMs: 42_000 });
  });

  it("waits a while when the server does not say how long", async () => {
    answer = ":irc.test 439 claw mia :Target change too fast\r\n";
    expect(await failure("mia")).to.include({ permanent: false, retryAfterMs: undefined });
  });

  it("survives a question with characters no line may have", async () => {
    answer = "PING :a\rb\0c\r\n";
    const saying = { nick: "claw", address: "mia", text: "hello", signal: AbortSignal.timeout(5_000) };
    await new IrcSender(wire, 100).say(saying);
    await wire.settle();
    expect(said).to.deep.equal(["PRIVMSG mia hello", "PONG abc"]);
  });
});
