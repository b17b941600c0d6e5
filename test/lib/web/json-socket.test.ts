/** A line that carries JSON: what comes through, and how it ends. */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect } from "chai";
import { type WebSocket, WebSocketServer } from "ws";
import { JsonSocket } from "../../../src/lib/web/json-socket.ts";
import { until } from "../../support/until.ts";

describe("JsonSocket", function () {
  this.timeout(60_000);
  let server: Server;
  let lines: WebSocketServer;
  let welcome: (line: WebSocket) => void;
  const raw = new Set<Socket>();

  beforeEach(async () => {
    welcome = () => {};
    server = createServer();
    lines = new WebSocketServer({ server });
    lines.on("connection", (line) => {
      line.on("error", () => {});
      welcome(line);
    });
    server.on("connection", (socket: Socket) => raw.add(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(async () => {
    for (const line of lines.clients) line.terminate();
    for (const socket of raw) socket.destroy();
    raw.clear();
    lines.close();
    server.close();
    await once(server, "close");
  });

  function open(more: Partial<Parameters<typeof JsonSocket.open>[1]> = {}): Promise<JsonSocket> {
    const { port } = server.address() as AddressInfo;
    return JsonSocket.open(`ws://127.0.0.1:${port}`, { signal: new AbortController().signal, ...more });
  }

  it("hands on every message in order, also those that came before anybody listened", async () => {
    welcome = (line) => {
      for (const n of [1, 2, 3]) line.send(JSON.stringify({ n }));
    };
    const socket = await open();
    await new Promise(setImmediate);
    const heard: unknown[] = [];
    socket.listen((message) => heard.push(message));
    await until(() => heard.length === 3, "all three are heard");
    expect(heard).to.deep.equal([{ n: 1 }, { n: 2 }, { n: 3 }]);
    socket.cut("enough");
  });

  it("sends what it is given", async () => {
    const said: string[] = [];
    welcome = (line) => line.on("message", (bytes) => said.push(String(bytes)));
    const socket = await open();
    socket.send({ hello: "you" });
    await until(() => said.length === 1, "it is heard");
    expect(said).to.deep.equal(['{"hello":"you"}']);
    socket.cut("enough");
  });

  it("ends with the other side's code and reason", async () => {
    welcome = (line) => line.close(4004, "go away");
    const socket = await open();
    expect(await socket.ended).to.deep.equal({ code: 4004, reason: "go away" });
  });

  it("ends when the line breaks", async () => {
    const socket = await open();
    for (const one of raw) one.resetAndDestroy();
    expect((await socket.ended).code).to.equal(1006);
  });

  it("ends when it is closed, though the other side says nothing to that", async () => {
    const socket = await open();
    for (const one of raw) one.pause();
    socket.close(4900, "back later");
    expect((await socket.ended).reason).to.equal("back later");
  });

  it("ends when what comes is no JSON", async () => {
    welcome = (line) => line.send("{");
    const socket = await open();
    socket.listen(() => {});
    expect((await socket.ended).reason).to.equal("the other side sent something that is no JSON");
  });

  it("ends when a message is larger than it takes", async () => {
    welcome = (line) => line.send(JSON.stringify("x".repeat(2_000)));
    const socket = await open({ maxBytes: 1_000 });
    const heard: unknown[] = [];
    socket.listen((message) => heard.push(message));
    await socket.ended;
    expect(heard).to.deep.equal([]);
  });

  it("ends when it asks whether somebody is there and nobody answers", async () => {
    const socket = await open({ pingMs: 20, pongMs: 40 });
    for (const one of raw) one.pause();
    expect((await socket.ended).reason).to.equal("the other side no longer answers");
  });

  it("stays while the other side answers", async () => {
    let pings = 0;
    welcome = (line) =>
      line.on("ping", () => {
        pings += 1;
      });
    const socket = await open({ pingMs: 10, pongMs: 5_000 });
    let ended = false;
    void socket.ended.then(() => {
      ended = true;
    });
    await until(() => pings > 3, "it asks several times");
    expect(ended).to.equal(false);
    socket.cut("enough");
  });

  it("is not opened where nobody takes it, or once it is aborted", async () => {
    lines.options.verifyClient = () => false;
    const refused = await open().catch((error: unknown) => error);
    expect(String(refused)).to.contain("401");
    const aborted = await open({ signal: AbortSignal.abort(new Error("no more")) }).catch((error: unknown) => error);
    expect(String(aborted)).to.contain("no more");
  });
});
