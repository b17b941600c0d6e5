/** Node's HTTP servers without any library: the limit of what this machine can answer in one process. */

import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo, Server } from "node:net";

/** An encoded HealthCheckResponse, so that it answers what the other servers answer. */
const protoAnswer = Buffer.from([0x08, 0x01]);
const jsonAnswer = Buffer.from('{"status":"SERVING"}');

const overHttp2 = http2.createServer();
overHttp2.on("stream", (stream) => {
  stream.resume();
  stream.once("end", () => {
    stream.respond({ ":status": 200, "content-type": "application/proto" });
    stream.end(protoAnswer);
  });
});
const overHttp1 = http.createServer((request, response) => {
  request.resume();
  request.once("end", () => {
    response.writeHead(200, { "content-type": "application/json", "content-length": jsonAnswer.length });
    response.end(jsonAnswer);
  });
});
const addresses = { http2: await listen(overHttp2), http1: await listen(overHttp1) };
process.stdout.write(`${JSON.stringify(addresses)}\n`);

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
