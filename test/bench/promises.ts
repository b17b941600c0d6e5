/** What was promised, and what the reference system was measured to do on a machine of this size. */

import type { Bound, Yardstick } from "./part.ts";

/** A promise, and the reference system's value where there is one. */
export interface Promised {
  readonly promise: Bound;
  readonly against?: Yardstick;
}

/** Promises with the reference system's values: gateway 2026.9.6 on 2 cores. */
export const promises = {
  ready: { promise: { atMost: 0.5 }, against: reference(13.0) },
  restart: { promise: { atMost: 0.3 }, against: reference(7.1) },
  restartFailed: { promise: { atMost: 0 } },
  memoryIdle: { promise: { atMost: 90 }, against: reference(970) },
  memoryGrowth: { promise: { atMost: 5 }, against: reference(2149 - 971) },
  install: { promise: { atMost: 120 }, against: reference(644) },
  cliHealth: { promise: { atMost: 150 }, against: reference(1800) },
  cliSessions: { promise: { atMost: 150 }, against: reference(1800) },
  cliStatus: { promise: { atMost: 150 }, against: reference(6200) },
  turnAcknowledged: { promise: { atMost: 3 }, against: reference(50) },
  turnFirstDelta: { promise: { atMost: 8 }, against: reference(322) },
  turnWhole: { promise: { atMost: 12 }, against: reference(359) },
  turnRate: { promise: { atLeast: 300 }, against: reference(2.6) },
  rpcListSessions: { against: reference(3500) },
  rpcGetGateway: { against: reference(11400) },
  rpcShare: { promise: { atLeast: 80 } },
  fanOut: { promise: { atMost: 5 }, against: reference(33) },
  listPage: { promise: { atMost: 5 } },
  killLost: { promise: { atMost: 0 }, against: reference(3) },
  killUnanswered: { promise: { atMost: 0 }, against: reference(1) },
  killDoubled: { promise: { atMost: 0 } },
} satisfies Record<string, Partial<Promised>>;

function reference(value: number): Yardstick {
  return { name: "reference", value };
}
