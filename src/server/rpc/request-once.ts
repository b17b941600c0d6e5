/** The idempotency record of a call, from its request and response messages. */

import { createHash } from "node:crypto";
import {
  type DescMessage,
  type DescMethod,
  fromBinary,
  type JsonValue,
  type Message,
  type MessageShape,
  toBinary,
  toJson,
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
    requestHash: createHash("sha256")
      .update(canonical(toJson(method.input, request)))
      .digest(),
    encode: (answer) => toBinary(method.output, codec.toResponse(answer)),
    decode: (response) => codec.fromResponse(fromBinary(method.output, response)),
  };
}

/**
 * The same text for the same request: protobuf promises no order for the entries of a map, and a client may well send them in
 * another one when it tries again.
 */
function canonical(json: JsonValue): string {
  return JSON.stringify(json, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
