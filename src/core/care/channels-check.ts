/** Are the channels connected, and if not, what does each of them need? */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Finding } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import { type Channel, Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Check } from "./check.ts";
import { errorFinding, type FindingText, warningFinding } from "./findings.ts";

/** Networks have short troubles all the time; only what lasts this long, or failed this often in a row, is told. */
const longMs = 5 * 60_000;
const manyFailures = 3;

/** Looks at every channel that should be connected and is not. One that somebody stopped is as it should be. */
export class ChannelsCheck implements Check {
  readonly id = "channels";
  readonly #channels: () => Promise<readonly Channel[]>;
  readonly #clock: Clock;

  /** `channels` are all that are configured, as they are now. */
  constructor(channels: () => Promise<readonly Channel[]>, clock: Clock) {
    this.#channels = channels;
    this.#clock = clock;
  }

  async run(): Promise<Finding[]> {
    return (await this.#channels()).flatMap((channel) => this.#look(channel));
  }

  #look(channel: Channel): Finding[] {
    const { name, state, stateReason } = channel;
    const id = name.slice("channels/".length);
    const text = { check: this.id, subject: name };
    switch (state) {
      case State.MISCONFIGURED: {
        const fix = `put its settings right (openclaw config set …), then: openclaw channels status ${id} --probe`;
        return [errorFinding({ ...text, reason: `it cannot be used: ${stateReason}`, fix })];
      }
      case State.LOGIN_REQUIRED: {
        const reason = `its network wants somebody to log in: ${stateReason}`;
        return [errorFinding({ ...text, reason, fix: loginFix(channel, id) })];
      }
      case State.HELD_BACK: {
        const reason = `it was not connected: ${stateReason}`;
        return [warningFinding({ ...text, reason, fix: `connect it all the same: openclaw channels start ${id}` })];
      }
      case State.OFFLINE:
      case State.CONNECTING:
        return this.#isLong(channel) ? [warningFinding({ ...text, ...troubleOf(channel, id) })] : [];
      default:
        return [];
    }
  }

  #isLong({ failures, stateTime }: Channel): boolean {
    const sinceMs = stateTime === undefined ? 0 : this.#clock.nowMs() - timestampMs(stateTime);
    return failures >= manyFailures || sinceMs >= longMs;
  }
}

/** Some drivers have to be logged in where they run; a built-in channel without a login has its credentials from the settings. */
function loginFix({ remote, capabilities }: Channel, id: string): string {
  if (capabilities === undefined || capabilities.login) return `log in with: openclaw channels login ${id}`;
  if (remote) return "log it in where its driver runs: the driver has no login through the gateway";
  return `put its credentials right (openclaw config set …), then: openclaw channels start ${id}`;
}

function troubleOf(
  { remote, failures, stateReason, waitingDeliveries }: Channel,
  id: string,
): Pick<FindingText, "reason" | "fix"> {
  const tries = failures === 0 ? "" : ` (${failures} tries failed in a row)`;
  const waiting = waitingDeliveries === 0 ? "" : `; ${waitingDeliveries} deliveries wait`;
  const look = `see why: openclaw channels logs ${id}, and: openclaw channels status ${id} --probe`;
  const fix = remote ? `start its driver; see: openclaw channels status ${id}` : look;
  return { reason: `it is not connected${tries}: ${stateReason}${waiting}`, fix };
}
