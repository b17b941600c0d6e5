/** Did messages fail to leave lately? */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Finding } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import { type Delivery, Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import { channelOf } from "../channel/channel-names.ts";
import type { Store } from "../store.ts";
import type { Check } from "./check.ts";
import { infoFinding } from "./findings.ts";

/** How far back it looks, in days. */
const days = 7;

/** Most that are counted; beyond it the number does not matter any more. */
const most = 1_000;

const ends = [
  { state: State.FAILED, word: "failed", what: "could not be sent" },
  { state: State.AMBIGUOUS, word: "ambiguous", what: "may or may not have been sent" },
] as const;

/** Counts, for each channel, what reached a bad end, and says how to look at it. */
export class DeliveriesCheck implements Check {
  readonly id = "deliveries";
  readonly #store: Pick<Store, "read">;
  readonly #clock: Clock;

  constructor(store: Pick<Store, "read">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async run(): Promise<Finding[]> {
    const sinceMs = this.#clock.nowMs() - days * 86_400_000;
    const findings: Finding[] = [];
    for (const { state, word, what } of ends) {
      const records = await this.#store.read(({ deliveries }) => deliveries.list({ state, limit: most }));
      const late = records
        .map(({ delivery }) => delivery)
        .filter(({ endTime }) => endTime && timestampMs(endTime) >= sinceMs);
      for (const [subject, found] of Map.groupBy(late, ({ name }) => channelOf(name))) {
        const reason = `${countText(found.length)} ${what} in the last ${days} days${lastError(found)}`;
        const id = subject.slice("channels/".length);
        const fix = `look at them: openclaw deliveries list ${id} --state ${word}; then: openclaw deliveries retry, or discard`;
        findings.push(infoFinding({ check: this.id, subject, reason, fix }));
      }
    }
    return findings;
  }
}

function countText(count: number): string {
  if (count >= most) return `${most} deliveries or more`;
  return count === 1 ? "1 delivery" : `${count} deliveries`;
}

/** They come newest first. */
function lastError([newest]: readonly Delivery[]): string {
  const message = newest?.error?.message ?? "";
  return message === "" ? "" : `, the latest because: ${message}`;
}
