/** `openclaw gateway health`. */

import { defineCommand } from "../command/command.ts";
import { exactly } from "../terminal/moment.ts";
import { stateWord } from "./gateway-view.ts";

/** Asks the gateway how it is. */
export const command = defineCommand({
  words: [],
  options: {},
  details: `
Exit code 0 when the gateway is ready, 1 when it is not or does not answer.`,
  async run({ terminal, link, nowMs }) {
    const { gateway = {} } = await link.calls.gateway.getGateway({});
    const ok = gateway.state === "STATE_READY";
    if (terminal.json) {
      const { state, stateReason, version, startTime, activeRuns = 0, queuedRuns = 0 } = gateway;
      terminal.document({ ok, state, stateReason, version, startTime, activeRuns, queuedRuns });
    } else {
      const { green, yellow } = terminal.colors;
      const state = [stateWord(gateway), gateway.stateReason].filter(Boolean).join(": ");
      const upFor = gateway.startTime === undefined ? "?" : exactly(nowMs - Date.parse(gateway.startTime));
      const runs = `${gateway.activeRuns ?? 0} runs active, ${gateway.queuedRuns ?? 0} queued`;
      terminal.line(`${(ok ? green : yellow)(state)}, up for ${upFor}, ${runs}`);
    }
    return ok ? 0 : 1;
  },
});
