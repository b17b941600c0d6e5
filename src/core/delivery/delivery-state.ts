/** Questions about deliveries that need no store. */

import { type Delivery, Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";

/** True while it is to be sent or being sent. */
export function isWaiting({ state }: Delivery): boolean {
  return state === State.QUEUED || state === State.SENDING;
}

/** The state in words: "queued", "ambiguous". */
export function stateWord(state: State): string {
  const found = Object.entries(State).find(([, value]) => value === state);
  return (found?.[0] ?? "unknown").toLowerCase();
}
