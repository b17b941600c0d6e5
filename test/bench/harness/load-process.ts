/** Makes the calls it is told to (a CallLoad as JSON) and writes how many were answered a second. */

import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import { setTimeout as pause } from "node:timers/promises";
import { bodyOf, type CallLoad, headersOf, inFlight } from "../load/call-load.ts";

const load = JSON.parse(process.argv[2] ?? "{}") as CallLoad;
const call = load.protocol === "http2" ? overHttp2(load) : overHttp1(load);
let answered = 0;
for (let worker = 0; worker < inFlight; worker++) void repeat();
await pause(load.warmUpSeconds * 1000);
answered = 0;
const startedMs = performance.now();
await pause(load.seconds * 1000);
process.stdout.write(String(answered / ((performance.now() - startedMs) / 1000)));
process.exit();

async function repeat(): Promise<never> {
  for (;;) {
    const status = await call();
    if (status !== 200) throw new Error(`answered with ${status}`);
    answered += 1;
  }
}

function overHttp2(load: CallLoad): () => Promise<number> {
  const { origin, pathname } = new URL(load.url);
  const session = http2.connect(origin);
  const head = { ":method": "POST", ":path": pathname, ...headersOf(load) };
  return async () => {
    const stream = session.request(head);
    stream.end(bodyOf(load));
    const [headers] = (await once(stream, "response")) as [http2.IncomingHttpHeaders];
    stream.resume();
    await once(stream, "end");
    return Number(headers[":status"]);
  };
}

function overHttp1(load: CallLoad): () => Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: inFlight });
  return async () => {
    const request = http.request(load.url, { method: "POST", agent, headers: headersOf(load) }).end(bodyOf(load));
    const [answer] = (await once(request, "response")) as [http.IncomingMessage];
    answer.resume();
    await once(answer, "end");
    return answer.statusCode ?? 0;
  };
}
