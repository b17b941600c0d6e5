/** What networks send to the port: whole requests for whoever answers the path, within bounds. */

import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:http2";
import { expect } from "chai";
import { type HookRequest, type HookResponse, HttpHooks } from "../../../src/core/channel/http-hooks.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { startTestServer, type TestServer } from "../../support/test-server.ts";
import { until } from "../../support/until.ts";

describe("hooks of networks", () => {
  const hooks = new HttpHooks();
  let running: TestServer;
  let seen: HookRequest[];

  before(async () => {
    running = await startTestServer({ hooks });
  });
  after(() => running.stop());
  beforeEach(() => {
    seen = [];
  });

  const answering = (path: string, answer: () => HookResponse | Promise<HookResponse>): (() => void) =>
    hooks.serve(path, async (given) => {
      seen.push(given);
      return answer();
    });

  it("get the whole request, and their answer is sent back", async () => {
    answering("/hooks/a", () => ({ status: 202, body: '{"ok":true}', contentType: "application/json" }));
    const { status, body, type } = await post("/hooks/a?x=1", "the body", { "X-Signature": "abc" });
    expect([status, body, type]).to.deep.equal([202, '{"ok":true}', "application/json"]);
    expect(seen[0]?.url).to.equal("/hooks/a?x=1");
    expect(seen[0]?.headers["x-signature"]).to.equal("abc");
    expect(Buffer.from(seen[0]?.body ?? []).toString()).to.equal("the body");
  });

  it("are not there any more once their connection ended; a newer one stays", async () => {
    const end = answering("/hooks/b", () => ({ status: 200 }));
    answering("/hooks/b", () => ({ status: 201 }));
    end();
    expect((await post("/hooks/b", "")).status).to.equal(201);
    const endC = answering("/hooks/c", () => ({ status: 200 }));
    endC();
    expect((await post("/hooks/c", "")).status).to.equal(404);
  });

  it("take nothing but POST", async () => {
    answering("/hooks/d", () => ({ status: 200 }));
    expect((await post("/hooks/d", undefined, {}, "GET")).status).to.equal(405);
    expect(seen).to.deep.equal([]);
  });

  it("are not told of a request above 1 MiB", async () => {
    answering("/hooks/e", () => ({ status: 200 }));
    expect((await post("/hooks/e", "x".repeat(1_048_577))).status).to.equal(413);
    expect(seen).to.deep.equal([]);
    expect((await post("/hooks/e", "x".repeat(1_048_576))).status).to.equal(200);
  });

  it("wait for no request for ever, over HTTP/2 either", async () => {
    const hurried = await startTestServer({ hooks, limits: { times: { requestMs: 200 } } });
    answering("/hooks/i", () => ({ status: 200 }));
    const session = connect(hurried.url);
    const stream = session.request({ ":method": "POST", ":path": "/hooks/i" }, { endStream: false });
    stream.write("the beginning");
    const [headers] = await once(stream, "response");
    expect(headers[":status"]).to.equal(408);
    stream.resume();
    await once(stream, "close");
    session.destroy();
    await hurried.stop();
    expect(seen).to.deep.equal([]);
  });

  it("that break off are no error of the gateway", async () => {
    const log = new RecordingLog();
    let come = 0;
    const find = (path: string) => {
      come += 1;
      return hooks.find(path);
    };
    const logged = await startTestServer({ hooks: { find }, log });
    answering("/hooks/j", () => ({ status: 200 }));
    const plain = request(`${logged.url}/hooks/j`, { method: "POST", headers: { "content-length": "100" } });
    plain.on("error", () => {}).write("the beginning");
    const session = connect(logged.url);
    const stream = session.request({ ":method": "POST", ":path": "/hooks/j" }, { endStream: false });
    stream.on("error", () => {}).write("the beginning");
    await until(() => come === 2, "both have come");
    plain.destroy();
    session.destroy();
    const brokenOff = () => log.lines.filter(({ message }) => message === "a request of a network broke off");
    await until(() => brokenOff().length === 2, "both have gone");
    expect(log.lines.filter(({ level }) => level === "error")).to.deep.equal([]);
    await logged.stop();
  });

  it("that fail acknowledge nothing: the network is asked to send it again", async () => {
    answering("/hooks/f", () => Promise.reject(new Error("the disk is full")));
    expect((await post("/hooks/f", "x")).status).to.equal(503);
  });

  it("lock out who signs wrongly twenty times in a minute, right signatures included", async () => {
    let status = 401;
    answering("/hooks/g", () => ({ status }));
    for (let tries = 0; tries < 20; tries += 1) expect((await post("/hooks/g", "x")).status).to.equal(401);
    status = 200;
    expect((await post("/hooks/g", "x")).status).to.equal(429);
  });

  interface Answer {
    readonly status: number;
    readonly body: string;
    readonly type: string;
  }

  function post(path: string, body?: string, headers: Record<string, string> = {}, method = "POST"): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const call = request(`${running.url}${path}`, { method, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("end", () => {
        const type = response.headers["content-type"] ?? "";
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).toString(), type });
      });
    });
    call.on("error", reject).end(body);
    return promise;
  }
});
