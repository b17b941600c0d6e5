/** What can go wrong with a channel and a caller is told about. */

import { Code } from "../../../gen/google/rpc/code_pb.ts";
import { type Channel, Channel_StateSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import { Failure } from "../errors.ts";

/** The channel is not in a state for this; `why` goes on after its name and gives the next step. */
export function channelUnfit({ name, state }: Channel, why: string): Failure {
  return new Failure({
    code: Code.FAILED_PRECONDITION,
    reason: ErrorReason.CHANNEL_STATE,
    message: `${name} ${why}`,
    metadata: { name, state: Channel_StateSchema.value[state]?.localName ?? "" },
  });
}

/** The network cannot do this at all; `what` goes on after the channel's name. */
export function channelCannot(name: string, capability: string, what: string): Failure {
  return new Failure({
    code: Code.UNIMPLEMENTED,
    reason: ErrorReason.CAPABILITY_MISSING,
    message: `${name} ${what}`,
    metadata: { name, capability },
  });
}

/** The network was asked and failed; told in its own words. */
export function networkFailed(name: string, error: unknown): Failure {
  return new Failure({
    code: Code.UNAVAILABLE,
    reason: ErrorReason.NETWORK_UNAVAILABLE,
    message: `${name}: ${errorWords(error)}`,
    metadata: { name },
    retryAfterMs: 5_000,
    cause: error,
  });
}

/** A conversation or sender has so many messages waiting that the next one is refused: whoever brings it keeps it meanwhile. */
export class ConversationBusy extends Failure {
  constructor(name: string, waiting: number, retryAfterMs: number) {
    const seconds = Math.ceil(retryAfterMs / 1_000);
    super({
      code: Code.RESOURCE_EXHAUSTED,
      reason: ErrorReason.RATE_LIMITED,
      message: `${name} has ${waiting} messages waiting to be taken in; bring this one again in ${seconds} s`,
      metadata: { name },
      retryAfterMs,
    });
  }
}
