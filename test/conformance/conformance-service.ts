/**
 * The service of the official conformance suite: it answers as each request says, and tells what it saw of the request.
 * Its messages are known by their descriptors alone, read at run time, so their fields are described here.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { create, type DescMessage, type Message, type Registry } from "@bufbuild/protobuf";
import { type Any, AnySchema, anyPack } from "@bufbuild/protobuf/wkt";
import { type Code, ConnectError, type HandlerContext } from "@connectrpc/connect";

interface HeaderMessage {
  name: string;
  value: string[];
}

interface ErrorMessage {
  code: number;
  message?: string;
  details: Any[];
}

interface Definition {
  responseHeaders: HeaderMessage[];
  responseTrailers: HeaderMessage[];
  responseDelayMs: number;
}

interface UnaryDefinition extends Definition {
  response: { case: "responseData"; value: Uint8Array } | { case: "error"; value: ErrorMessage } | { case: undefined };
}

interface StreamDefinition extends Definition {
  responseData: Uint8Array[];
  error?: ErrorMessage;
}

type UnaryRequest = Message & { responseDefinition?: UnaryDefinition };
type StreamRequest = Message & { responseDefinition?: StreamDefinition; fullDuplex?: boolean };
interface Reply {
  payload: { data?: Uint8Array; requestInfo?: object };
}

const packageName = "connectrpc.conformance.v1";

/** Handlers of every method but Unimplemented, by the method's local name. */
export class ConformanceHandlers {
  readonly #registry: Registry;

  /** `registry` has the suite's own descriptors. */
  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** One request, one answer. */
  readonly unary = (request: UnaryRequest, context: HandlerContext): Promise<Reply> =>
    this.#answerOnce(request.responseDefinition, this.#requestInfo([request], context), context);

  /** The same for calls that may come as GET. */
  readonly idempotentUnary = this.unary;

  /** All requests, then one answer. */
  readonly clientStream = async (requests: AsyncIterable<UnaryRequest>, context: HandlerContext): Promise<Reply> => {
    const all: UnaryRequest[] = [];
    for await (const request of requests) all.push(request);
    return this.#answerOnce(all[0]?.responseDefinition, this.#requestInfo(all, context), context);
  };

  /** One request, many answers. */
  readonly serverStream = (request: StreamRequest, context: HandlerContext): AsyncGenerator<Reply> =>
    this.#answerAll(request.responseDefinition, this.#requestInfo([request], context), context);

  /** Many requests, many answers: after each other or in turn, as the first request says. */
  readonly bidiStream = async function* (
    this: ConformanceHandlers,
    requests: AsyncIterable<StreamRequest>,
    context: HandlerContext,
  ): AsyncGenerator<Reply> {
    const iterator = requests[Symbol.asyncIterator]();
    const first = await iterator.next();
    if (first.done === true) return;
    const definition = first.value.responseDefinition;
    if (first.value.fullDuplex) {
      yield* this.#answerInTurn(first.value, iterator, context);
      return;
    }
    const all = [first.value];
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) all.push(next.value);
    yield* this.#answerAll(definition, this.#requestInfo(all, context), context);
  }.bind(this);

  async #answerOnce(
    definition: UnaryDefinition | undefined,
    requestInfo: Record<string, unknown>,
    context: HandlerContext,
  ) {
    if (definition === undefined) return { payload: { requestInfo } };
    setHeaders(definition, context);
    await sleep(definition.responseDelayMs);
    const { response } = definition;
    if (response.case === "error") throw this.#error(response.value, requestInfo);
    return { payload: { requestInfo, ...(response.case === undefined ? {} : { data: response.value }) } };
  }

  async *#answerAll(
    definition: StreamDefinition | undefined,
    requestInfo: Record<string, unknown>,
    context: HandlerContext,
  ): AsyncGenerator<Reply> {
    if (definition === undefined) return;
    setHeaders(definition, context);
    let sent = 0;
    for (const data of definition.responseData) {
      await sleep(definition.responseDelayMs);
      yield { payload: sent === 0 ? { data, requestInfo } : { data } };
      sent += 1;
    }
    if (definition.error) throw this.#error(definition.error, sent === 0 ? requestInfo : undefined);
  }

  async *#answerInTurn(
    first: StreamRequest,
    iterator: AsyncIterator<StreamRequest>,
    context: HandlerContext,
  ): AsyncGenerator<Reply> {
    const definition = first.responseDefinition;
    if (definition === undefined) return;
    setHeaders(definition, context);
    let request: IteratorResult<StreamRequest> = { done: false, value: first };
    let sent = 0;
    for (; request.done !== true && sent < definition.responseData.length; request = await iterator.next()) {
      await sleep(definition.responseDelayMs);
      const requestInfo =
        sent === 0 ? this.#requestInfo([request.value], context) : { requests: [this.#pack(request.value)] };
      yield { payload: { data: definition.responseData[sent], requestInfo } };
      sent += 1;
    }
    const requestInfo = sent === 0 ? this.#requestInfo([first], context) : undefined;
    if (definition.error) throw this.#error(definition.error, requestInfo);
  }

  #requestInfo(requests: Message[], context: HandlerContext): Record<string, unknown> {
    const timeoutMs = context.timeoutMs();
    const { searchParams } = new URL(context.url);
    return {
      requestHeaders: [...context.requestHeader].map(([name, value]) => ({ name, value: [value] })),
      ...(timeoutMs === undefined ? {} : { timeoutMs: BigInt(timeoutMs) }),
      requests: requests.map((request) => this.#pack(request)),
      ...(context.requestMethod === "GET"
        ? { connectGetInfo: { queryParams: [...searchParams].map(([name, value]) => ({ name, value: [value] })) } }
        : {}),
    };
  }

  #error(error: ErrorMessage, requestInfo: Record<string, unknown> | undefined): ConnectError {
    const thrown = new ConnectError(error.message ?? "", error.code as Code);
    for (const { typeUrl, value } of error.details) {
      thrown.details.push({ type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1), value });
    }
    if (requestInfo !== undefined) {
      const desc = this.#message("ConformancePayload.RequestInfo");
      thrown.details.push({ desc, value: create(desc, requestInfo) });
    }
    return thrown;
  }

  #pack(message: Message): Any {
    const desc = this.#registry.getMessage(message.$typeName);
    return desc === undefined ? create(AnySchema) : anyPack(desc, message);
  }

  #message(name: string): DescMessage {
    const desc = this.#registry.getMessage(`${packageName}.${name}`);
    if (desc === undefined) throw new Error(`the suite has no message ${name}`);
    return desc;
  }
}

function setHeaders({ responseHeaders, responseTrailers }: Definition, context: HandlerContext): void {
  for (const { name, value } of responseHeaders) for (const each of value) context.responseHeader.append(name, each);
  for (const { name, value } of responseTrailers) for (const each of value) context.responseTrailer.append(name, each);
}
