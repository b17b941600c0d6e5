/** What lies on a message's path. */

import type { Delivery } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Ingress } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run, ToolCall } from "../../../gen/openclaw/gateway/v1/run_pb.ts";

/** Everything on a path. */
export interface Path {
  readonly ingress: readonly Ingress[];
  /** Messages the run answers, or the one that was asked about. */
  readonly inputs: readonly Message[];
  readonly run: Run | undefined;
  /** What the run cost in US dollars; undefined when nobody said what its model costs. */
  readonly dollars: number | undefined;
  readonly toolCalls: readonly ToolCall[];
  readonly deliveries: readonly Delivery[];
}
