/** `openclaw gateway call`. */

import {
  type DescMethod,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  fromJson,
  type JsonValue,
  toJson,
} from "@bufbuild/protobuf";
import type { GatewayClient } from "../../client/client.ts";
import { services } from "../../client/services.ts";
import { findNearest } from "../../lib/text/nearest.ts";
import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Calls any method of the gateway's API with JSON. */
export const command = defineCommand({
  words: [
    { name: "method", help: "SessionService/ListSessions, Session/ListSessions or ListSessions", optional: true },
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
    if (words.method === undefined) return listMethods(terminal);
    const method = findMethod(words.method);
    const request = readRequest(method, await readParams(terminal, options.params));
    const client = await link.client();
    if (method.methodKind === "unary") terminal.document(await callUnary(client, method as DescMethodUnary, request));
    else
      for await (const message of callStream(client, method as DescMethodServerStreaming, request)) {
        terminal.record(message);
      }
  },
});

const methods: readonly DescMethod[] = Object.values(services).flatMap((service) => service().methods as DescMethod[]);

function listMethods(terminal: Terminal): void {
  const listed = methods.map((method) => ({ name: methodPath(method), stream: method.methodKind !== "unary" }));
  if (terminal.json) terminal.document({ methods: listed });
  else for (const { name, stream } of listed) terminal.line(`${name}${stream ? terminal.colors.dim("  stream") : ""}`);
}

/** "SessionService/ListSessions". */
function methodPath(method: DescMethod): string {
  return `${method.parent.name}/${method.name}`;
}

function findMethod(word: string): DescMethod {
  const wanted = word.replace(/^\/?openclaw\.gateway\.v1\./, "").toLowerCase();
  const found = methods.filter((one) => namesOf(one).some((name) => name.toLowerCase() === wanted));
  const [method] = found;
  if (method && found.length === 1) return method;
  const nearest = findNearest(wanted, methods.flatMap(namesOf));
  const meant = nearest && methods.find((one) => namesOf(one).includes(nearest));
  const next = meant ? `did you mean ${methodPath(meant)}?` : "see: openclaw gateway call";
  throw new UsageError(`there is no method ${word}`, next);
}

/** Every way to write it: "SessionService/GetSession", "Session/GetSession", "GetSession". */
function namesOf(method: DescMethod): string[] {
  return [methodPath(method), methodPath(method).replace("Service/", "/"), method.name];
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

async function callUnary({ transport }: GatewayClient, method: DescMethodUnary, request: Request): Promise<JsonValue> {
  const { message } = await transport.unary(method, undefined, undefined, undefined, request);
  return toJson(method.output, message);
}

async function* callStream(
  { transport }: GatewayClient,
  method: DescMethodServerStreaming,
  request: Request,
): AsyncGenerator<JsonValue> {
  async function* requests() {
    yield request;
  }
  const { message } = await transport.stream(method, undefined, undefined, undefined, requests());
  for await (const one of message) yield toJson(method.output, one);
}
