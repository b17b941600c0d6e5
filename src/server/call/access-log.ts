/** One line per call. What the caller sent, its credential above all, is never in it. */

import { Code } from "@connectrpc/connect";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import type { Call } from "./call.ts";
import type { CallListener } from "./ended-call.ts";
import { protocolOf } from "./protocol.ts";

/** A unary call that takes this long is worth a warning. */
const slowMs = 5_000;

const codeNames = new Map<number, string>(
  Object.entries(Code).flatMap(([name, code]) => (typeof code === "number" ? [[code, name]] : [])),
);

/** Writes every ended call at debug level, slow unary calls as warnings. */
export class AccessLog {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #onCall: CallListener | undefined;

  /** `onCall` hears of each call, too. */
  constructor(log: Log, clock: Clock, onCall?: CallListener) {
    this.#log = log;
    this.#clock = clock;
    this.#onCall = onCall;
  }

  /** Writes the line of a call that has just ended. */
  write(call: Call): void {
    const ms = this.#clock.nowMs() - call.startMs;
    const line = {
      method: `${call.method.parent.typeName}/${call.method.name}`,
      protocol: protocolOf(call.request.headers["content-type"]),
      http: call.connection.protocol,
      principal: call.principal,
      status: call.code === 0 ? "OK" : codeNames.get(call.code),
      ms,
      bytes: call.responseBytes,
    };
    const { status = "Unknown" } = line;
    this.#onCall?.({ method: nameOf(call), code: status, ms, stream: call.isStream });
    if (ms >= slowMs && !call.isStream) this.#log.warn(line, "a call was slow");
    else this.#log.debug(line, "call");
  }
}

/** "RunService/CreateRun". */
function nameOf({ method }: Call): string {
  return `${method.parent.name}/${method.name}`;
}
