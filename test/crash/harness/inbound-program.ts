/**
 * A core whose one channel brings numbered messages: in order in each conversation, conversations side by side. Each message
 * that was taken is told on standard output: "<number> <ingress> <outcome>". Ends when all are taken and every run has ended.
 *
 * Arguments: state directory, fault point ("place:hit", or "-" for none), first number, number after the last.
 */

import { create } from "@bufbuild/protobuf";
import { InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { killAt, noFaults } from "../../../src/lib/fault-point.ts";
import { startCore } from "../../support/core-process.ts";
import { broughtBy, conversations, floodChannel } from "../../support/inbound-flood.ts";
import { ScriptedModel } from "../../support/scripted-model.ts";

const [stateDir = "", fault = "-", first = "0", end = "0"] = process.argv.slice(2);
const [place = "", hit = "1"] = fault.split(":");
const { core, store, stop } = await startCore(stateDir, systemClock, {
  models: [new ScriptedModel()],
  settings: { channels: [floodChannel], messaging: { dmScope: "per-peer" }, queue: { cap: 1_000 } },
  faults: fault === "-" ? noFaults : killAt(place, Number(hit)),
});

async function bring(conversation: number): Promise<void> {
  for (let number = Number(first); number < Number(end); number++) {
    if (number % conversations !== conversation) continue;
    const message = create(InboundMessageSchema, broughtBy(number));
    const { name, outcome } = await core.inbound.receive(floodChannel, message, `cursor ${number}`);
    process.stdout.write(`${number} ${name} ${outcome}\n`);
  }
}

await Promise.all(Array.from({ length: conversations }, (_, conversation) => bring(conversation)));
while ((await store.read(({ runs }) => runs.listUnfinished())).length > 0)
  await new Promise((resolve) => setTimeout(resolve, 5));
await stop();
