/**
 * A core that sends numbered messages to a network outside: a file into which each message is written when the network has
 * it. Each message that was accepted is told on standard output: "<number>". Ends when nothing waits any more.
 *
 * Arguments: state directory, fault point ("place:hit", or "-" for none), first number, number after the last, file.
 */

import { appendFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { OutboundActionSchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { Changes } from "../../../src/core/changes.ts";
import { queueDeliveries } from "../../../src/core/delivery/queue-deliveries.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { killAt, noFaults } from "../../../src/lib/fault-point.ts";
import { channelSettings } from "../../support/channel-settings.ts";
import { startCore } from "../../support/core-process.ts";
import { FakeConnection, fakeNetwork } from "../../support/fake-line.ts";
import { ScriptedModel } from "../../support/scripted-model.ts";

const [stateDir = "", fault = "-", first = "0", end = "0", file = ""] = process.argv.slice(2);
const [place = "", hit = "1"] = fault.split(":");

class FileConnection extends FakeConnection {
  override async send(...[action, to, attempt]: Parameters<FakeConnection["send"]>): Promise<readonly string[]> {
    if (action.kind.case === "message") appendFileSync(file, `${to.address} ${action.kind.value.text}\n`);
    return super.send(action, to, attempt);
  }
}

const { store, stop } = await startCore(stateDir, systemClock, {
  models: [new ScriptedModel()],
  settings: { channels: [channelSettings()] },
  channels: { networks: fakeNetwork(new FileConnection()) },
  faults: fault === "-" ? noFaults : killAt(place, Number(hit)),
});
const changes = new Changes(store, systemClock);

for (let number = Number(first); number < Number(end); number++) {
  const action = create(OutboundActionSchema, { kind: { case: "message", value: { text: String(number) } } });
  const conversation = `channels/fake/conversations/${"abc"[number % 3]}`;
  const wanted = { conversation, actions: [action], creator: "test", expireMs: 3_600_000 };
  await changes.transact("test", (recorder) => queueDeliveries(recorder, wanted));
  process.stdout.write(`${number}\n`);
}
while ((await store.read(({ deliveries }) => deliveries.countWaiting())).items > 0)
  await new Promise((resolve) => setTimeout(resolve, 5));
await stop();
