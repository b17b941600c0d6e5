/**
 * Between the gateway's handlers and the protocol library: whatever a handler throws becomes the error its caller gets.
 * Done once when the routes are registered, so that it costs a call nothing.
 */

import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { callKey } from "./call/call.ts";
import { MessageFrames } from "./call/message-frames.ts";
import type { ErrorTranslator } from "./failures.ts";

type UnaryHandler = (request: unknown, context: HandlerContext) => unknown;
type StreamHandler = (request: unknown, context: HandlerContext) => AsyncIterable<unknown>;

/** A router that registers everything with `inner`, its handlers' errors translated. */
export function translatingRouter(inner: ConnectRouter, errors: ErrorTranslator): ConnectRouter {
  const frames = new MessageFrames();
  const translate = (handler: unknown, method: DescMethod): unknown => {
    if (method.methodKind === "server_streaming") return translatedStream(handler as StreamHandler, errors, frames);
    if (method.methodKind === "bidi_streaming") return translatedStream(handler as StreamHandler, errors);
    return translatedUnary(handler as UnaryHandler, errors);
  };
  const router = {
    handlers: inner.handlers,
    service(service: DescService, implementation: object, options?: object) {
      const handlers = implementation as Record<string, unknown>;
      const all = service.methods.flatMap((method) => {
        const handler = handlers[method.localName];
        if (typeof handler !== "function") return [];
        return [[method.localName, translate(handler.bind(implementation), method)]];
      });
      inner.service(service, Object.fromEntries(all), options);
      return router;
    },
    rpc(method: DescMethod, handler: unknown, options?: object) {
      inner.rpc(method, translate(handler, method) as never, options);
      return router;
    },
  };
  return router as ConnectRouter;
}

function translatedUnary(handler: UnaryHandler, errors: ErrorTranslator): UnaryHandler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      throw errors.translate(error);
    }
  };
}

function translatedStream(handler: StreamHandler, errors: ErrorTranslator, frames?: MessageFrames): StreamHandler {
  return (request, context) => {
    const fail = (error: unknown): never => {
      throw errors.translate(error);
    };
    let messages: AsyncIterator<unknown>;
    try {
      messages = handler(request, context)[Symbol.asyncIterator]();
    } catch (error) {
      return fail(error);
    }
    const call = context.values.get(callKey);
    const cutShort = async (error: unknown): Promise<never> => {
      await messages.return?.();
      throw error;
    };
    const pull = () => (call?.cutOff === undefined ? messages.next() : cutShort(call.cutOff));
    const next = call !== undefined && frames !== undefined ? frames.bypass(call, pull) : pull;
    const outer: AsyncIterableIterator<unknown> = {
      [Symbol.asyncIterator]: () => outer,
      next: () => next().catch(fail),
    };
    // A generator's own cleanup must still run when its caller goes away.
    if (messages.return) outer.return = (value) => (messages.return?.(value) ?? done).catch(fail);
    if (messages.throw) outer.throw = (error) => (messages.throw?.(error) ?? done).catch(fail);
    return outer;
  };
}

const done: Promise<IteratorResult<unknown>> = Promise.resolve({ done: true, value: undefined });
