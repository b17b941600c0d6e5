/** States of deliveries in words. */

import { Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";

/** The state in words: "queued", "ambiguous". */
export function stateWord(state: State): string {
  const found = Object.entries(State).find(([, value]) => value === state);
  return (found?.[0] ?? "unknown").toLowerCase();
}
