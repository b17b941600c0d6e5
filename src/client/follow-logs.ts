/** Follows the gateway's log, whatever happens to the connection. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type {
  GatewayService,
  TailLogsRequestSchema,
  TailLogsResponse,
} from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { type FollowOptions, reopeningStream } from "./reopening-stream.ts";

/** What to follow, and where to begin; a stream that is opened again goes on after its last cursor. */
export type WantedLogs = Omit<MessageInitShape<typeof TailLogsRequestSchema>, "follow" | "$typeName">;

/**
 * Yields the frames of TailLogs until the signal aborts. Throws a GatewayError when the gateway refuses the caller or stays
 * away longer than `patienceMs`.
 */
export async function* followLogs(
  gateway: Pick<Client<typeof GatewayService>, "tailLogs">,
  wanted: WantedLogs,
  options: FollowOptions = {},
): AsyncGenerator<TailLogsResponse, void, undefined> {
  let request = { ...wanted, follow: true };
  const open = (signal: AbortSignal) => gateway.tailLogs(request, { signal });
  for await (const frame of reopeningStream(open, options)) {
    request = { ...request, backlog: 0, since: undefined, cursor: frame.cursor };
    yield frame;
  }
}
