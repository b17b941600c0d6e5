/** The idempotency record of a call, from its request and response messages. */

import { createHash } from "node:crypto";
import {
  type DescMessage,
  type DescMethod,
  fromBinary,
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
  const body = toBinary(method.input, request);
  return {
    principal: context.values.get(callerKey).principal,
    method: `${method.parent.typeName}/${method.name}`,
    requestId: request.requestId,
    requestHash: createHash("sha256").update(body).digest(),
    encode: (answer) => toBinary(method.output, codec.toResponse(answer)),
    decode: (response) => codec.fromResponse(fromBinary(method.output, response)),
  };
}
