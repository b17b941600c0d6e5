/** The state of a gateway in words. */

import { type Gateway, Gateway_StateSchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { enumWord } from "../terminal/enum-word.ts";

/** "ready", "draining", "read only: the disk is full", … */
export function stateText({ state, stateReason }: Gateway): string {
  return [enumWord(Gateway_StateSchema, state), stateReason].filter(Boolean).join(": ");
}
