import { connect as connectHttp2 } from "node:http2";
import { expect } from "chai";
import { frame, frameTypes, headerBlock, preface } from "../support/http2-frames.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

const paths = [
  "/healthz",
  "/",
  "/openclaw.gateway.v1.GatewayService/GetGateway",
  "/openclaw.gateway.v1.EventService/WatchEvents",
];

const malformed = [
  "",
  " ",
  "localhost:99999999",
  "127.0.0.1:99999999",
  "localhost:port",
  "local host",
  "user@localhost",
  "[::1",
  "::1",
  "localhost/",
  "http://localhost",
  "%00",
  "localhost:80:80",
  "\u007f",
];

describe("odd hosts", () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
  });

  after(async () => {
    expect((await fetch(`${server.url}/healthz`)).status).to.equal(200);
    await server.stop();
  });

  async function statusOf(request: string): Promise<string> {
    const connection = await RawConnection.open(server.port);
    connection.write(request);
    const answer = await connection.until(/\r\n\r\n/);
    connection.socket.destroy();
    return answer.split(" ")[1] ?? "";
  }

  for (const path of paths) {
    for (const method of ["GET", "POST"]) {
      it(`get a 400 for ${method} ${path} over HTTP/1.1`, async () => {
        const headers = "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
        for (const host of malformed) {
          expect(await statusOf(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}`), host).to.equal("400");
        }
      });

      it(`get a 400 for ${method} ${path} when there is none, in HTTP/1.1 and 1.0`, async () => {
        const headers = "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        expect(await statusOf(`${method} ${path} HTTP/1.1\r\n${headers}`)).to.equal("400");
        expect(await statusOf(`${method} ${path} HTTP/1.0\r\n${headers}`)).to.equal("400");
      });

      it(`get a 400 for ${method} ${path} over HTTP/2`, async () => {
        for (const authority of malformed) {
          const session = connectHttp2(server.url);
          session.on("error", () => {});
          const stream = session.request({ ":method": method, ":path": path, ":authority": authority });
          const status = await new Promise((resolve) => {
            stream.once("response", (headers) => resolve(headers[":status"]));
            stream.once("error", () => resolve("reset"));
            stream.once("close", () => resolve("closed"));
          });
          expect(status, authority).to.be.oneOf([400, "reset", "closed"]);
          session.destroy();
        }
      });
    }

    it(`get an answer for ${path} over HTTP/2 when there is neither :authority nor Host`, async () => {
      const connection = await RawConnection.open(server.port);
      const block = headerBlock({ ":method": "GET", ":scheme": "http", ":path": path });
      const ping = frame(frameTypes.ping, 0, 0, Buffer.from("12345678"));
      connection.write(
        Buffer.concat([preface, frame(frameTypes.settings, 0, 0), frame(frameTypes.headers, 5, 1, block), ping]),
      );
      const answer = await connection.until(/malformed|12345678/);
      expect(answer).not.to.include("live");
      connection.socket.destroy();
    });
  }

  it("get a 400 when Host contradicts :authority", async () => {
    const session = connectHttp2(server.url);
    const stream = session.request({ ":path": "/healthz", ":authority": "localhost", host: "evil.example" });
    const status = await new Promise((resolve) => stream.once("response", (headers) => resolve(headers[":status"])));
    expect(status).to.equal(400);
    session.destroy();
  });

  it("are judged by the Host when HTTP/2 has no :authority", async () => {
    const session = connectHttp2(server.url);
    const statuses = [];
    for (const host of ["localhost", "evil.example"]) {
      const stream = session.request({ ":path": "/healthz", host }, { endStream: true });
      statuses.push(await new Promise((resolve) => stream.once("response", (headers) => resolve(headers[":status"]))));
    }
    expect(statuses).to.deep.equal([200, 403]);
    session.destroy();
  });
});
