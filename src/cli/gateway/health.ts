/** `openclaw gateway health`. */

import { create, toJson } from "@bufbuild/protobuf";
import { Gateway_State, GatewaySchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { defineCommand } from "../command/command.ts";
import { exactly, unixMs } from "../terminal/moment.ts";
import { stateText } from "./state-text.ts";

/** Asks the gateway how it is. */
export const command = defineCommand({
  words: [],
  options: {},
  details: `
Exit code 0 when the gateway is ready, 1 when it is not or does not answer.`,
  async run({ terminal, link, nowMs }) {
    const client = await link.client();
    const { gateway = create(GatewaySchema) } = await client.gateway.getGateway({});
    const { activeRuns, queuedRuns } = gateway;
    const ok = gateway.state === Gateway_State.READY;
    if (terminal.json) {
      const { state, stateReason, version, startTime } = toJson(GatewaySchema, gateway);
      terminal.document({ ok, state, stateReason, version, startTime, activeRuns, queuedRuns });
    } else {
      const { green, yellow } = terminal.colors;
      const upFor = gateway.startTime === undefined ? "?" : exactly(nowMs - unixMs(gateway.startTime));
      const runs = `${activeRuns} runs active, ${queuedRuns} queued`;
      terminal.line(`${(ok ? green : yellow)(stateText(gateway))}, up for ${upFor}, ${runs}`);
    }
    return ok ? 0 : 1;
  },
});
