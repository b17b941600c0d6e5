/** The idempotency record of a call, from its request and response messages. */

import { createHash } from "node:crypto";
import {
  type DescMessage,
  type DescMethod,
  fromBinary,
  isMessage,
  type Message,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { Once } from "../../core/once.ts";
import { callerKey } from "../caller-key.ts";

/** How a core answer becomes the response of its method, and back. */
export interface ResponseCodec<Answer, Response> {
  toResponse(answer: Answer): Response;
  fromResponse(response: Response): Answer;
}

/** What a call is remembered by: who called, which method, its request_id and a hash of its body. */
export function requestOnce<Output extends DescMessage, Answer>(
  method: DescMethod & { output: Output },
  { request, context }: { request: { requestId: string } & Message; context: HandlerContext },
  codec: ResponseCodec<Answer, MessageShape<Output>>,
): Once<Answer> {
  return {
    principal: context.values.get(callerKey).principal,
    method: `${method.parent.typeName}/${method.name}`,
    requestId: request.requestId,
    requestHash: createHash("sha256").update(canonical(method.input, request)).digest(),
    encode: (answer) => toBinary(method.output, codec.toResponse(answer)),
    decode: (response) => codec.fromResponse(fromBinary(method.output, response)),
  };
}

/**
 * The same bytes for the same request: protobuf promises no order for the entries of a map, and a client may well send them
 * in another one when it tries again. Not by way of JSON, which has no form for some requests that are still to be refused.
 */
function canonical(schema: DescMessage, message: Message): Uint8Array {
  return toBinary(schema, ordered(schema, message));
}

/** A copy whose map entries stand in the order of their keys. */
function ordered(schema: DescMessage, message: Message): Message {
  const copy: Message & Record<string, unknown> = { ...message };
  for (const field of schema.fields) {
    const value = copy[field.localName];
    if (value === undefined || field.oneof !== undefined) continue;
    if (field.fieldKind === "map") copy[field.localName] = Object.fromEntries(Object.entries(value as object).sort());
    else if (field.fieldKind === "message" && isMessage(value)) copy[field.localName] = ordered(field.message, value);
  }
  return copy;
}
