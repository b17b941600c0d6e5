/** `openclaw gateway call`. */

import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import type { GatewayClient } from "../../client/gateway-client.ts";
import { findNearest } from "../../lib/nearest.ts";
import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Calls any method of the gateway's API with JSON. */
export const command = defineCommand({
  words: [
    { name: "method", help: "SessionService/ListSessions, the full name, or the method's alone", optional: true },
  ],
  options: {
    params: { kind: "text", value: "json", help: "the request; - reads it from standard input", fallback: "{}" },
  },
  details: `
Without a method, lists them all. The answer is JSON; a stream is one line of JSON a message, until it ends or Ctrl+C.
Methods that change something get a request_id when the request has none.`,
  examples: [
    "gateway call GetGateway",
    `gateway call SessionService/ListSessions --params '{"pageSize": 2}'`,
    `gateway call WatchRun --params '{"name": "sessions/main/runs/01K…"}'`,
  ],
  async run({ options, words, terminal, link }) {
    const { services } = await import("./api.ts");
    if (words.method === undefined) return listMethods(terminal, services);
    const method = findMethod(words.method, services);
    const request = readRequest(method, await readParams(terminal, options.params));
    const client = await link.client();
    if (method.methodKind === "unary") terminal.document(await callUnary(client, method, request));
    else for await (const message of callStream(client, method, request)) terminal.record(message);
  },
});

function listMethods(terminal: Terminal, services: readonly DescService[]): void {
  const methods = services.flatMap((service) => service.methods);
  const listed = methods.map((method) => ({ name: methodPath(method), stream: method.methodKind !== "unary" }));
  if (terminal.json) terminal.document({ methods: listed });
  else for (const { name, stream } of listed) terminal.line(`${name}${stream ? terminal.colors.dim("  stream") : ""}`);
}

/** "SessionService/ListSessions". */
function methodPath(method: DescMethod): string {
  return `${method.parent.name}/${method.name}`;
}

function findMethod(word: string, services: readonly DescService[]): DescMethod {
  const wanted = word.replace(/^\/?openclaw\.gateway\.v1\./, "").toLowerCase();
  const methods = services.flatMap((service) => service.methods);
  const found = methods.filter((one) => [methodPath(one), one.name].some((name) => name.toLowerCase() === wanted));
  const [method] = found;
  if (method && found.length === 1) return method;
  const names = methods.flatMap((one) => [methodPath(one), one.name]);
  const nearest =
    findNearest(word, names) ?? methods.map(methodPath).find((name) => name.toLowerCase().includes(wanted));
  const next = nearest ? `did you mean ${nearest}?` : "see: openclaw gateway call";
  throw new UsageError(`there is no method ${word}`, next);
}

async function readParams(terminal: Terminal, given: string): Promise<JsonValue> {
  let text = given;
  if (given === "-") {
    text = "";
    terminal.stdin.setEncoding("utf8");
    for await (const piece of terminal.stdin) text += piece;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    throw new UsageError(`--params is not JSON: ${why}`, `for example: --params '{"pageSize": 2}'`);
  }
}

function readRequest(method: DescMethod, params: JsonValue) {
  try {
    return fromJson(method.input, params);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    const fields = method.input.fields.map((field) => field.jsonName).join(", ");
    throw new UsageError(`--params is no ${method.input.name}: ${why}`, `its fields: ${fields || "none"}`);
  }
}

type Request = ReturnType<typeof readRequest>;

async function callUnary({ transport }: GatewayClient, method: DescMethod, request: Request): Promise<JsonValue> {
  const { jsonOptions } = await import("../runs/run-outcome.ts");
  // The kind was looked at: descriptors do not carry it in their static type.
  const unary = method as DescMethod & { methodKind: "unary" };
  const { message } = await transport.unary(unary, undefined, undefined, undefined, request);
  return toJson(method.output, message, jsonOptions);
}

async function* callStream(
  { transport }: GatewayClient,
  method: DescMethod,
  request: Request,
): AsyncGenerator<JsonValue> {
  const { jsonOptions } = await import("../runs/run-outcome.ts");
  async function* requests() {
    yield request;
  }
  const stream = method as DescMethod & { methodKind: "server_streaming" };
  const { message } = await transport.stream(stream, undefined, undefined, undefined, requests());
  for await (const one of message) yield toJson(method.output, one, jsonOptions);
}
