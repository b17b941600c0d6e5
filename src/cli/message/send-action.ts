/** Sends one thing and tells what became of it. */

import { type MessageInitShape, toJson } from "@bufbuild/protobuf";
import {
  type Delivery,
  DeliverySchema,
  Delivery_State as State,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { SendMessageRequestSchema } from "../../../gen/openclaw/gateway/v1/delivery_service_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import type { Invocation, OptionValues } from "../command/command.ts";
import { stateOf, writeOutcome } from "../deliveries/delivery-view.ts";
import { conversationName, targetOptions } from "./target.ts";

/** Options of every command that sends something. */
export const sendOptions = {
  ...targetOptions,
  wait: { kind: "switch", help: "wait until it was sent; exit code 1 when it was not" },
  "dry-run": { kind: "switch", help: "only say where it would go" },
} as const;

type Action = Exclude<MessageInitShape<typeof SendMessageRequestSchema>, { $typeName: string }>["action"];

/** What is known when a command sends. */
export type Sending = Pick<Invocation, "terminal" | "link"> & { readonly options: OptionValues<typeof sendOptions> };

/** Sends it; returns the exit code. `action` is made once it is known that it will be sent. */
export async function sendAction(
  { terminal, link, options }: Sending,
  action: (client: GatewayClient) => Promise<Action> | Action,
): Promise<number> {
  const client = await link.client();
  const conversation = await conversationName(client.channels, options);
  if (options["dry-run"]) {
    if (terminal.json) terminal.document({ conversation, sent: false });
    else terminal.line(`it would go to ${conversation}`);
    return 0;
  }
  const sent = await client.deliveries.sendMessage({ conversation, action: await action(client) });
  const last = options.wait ? await outcomes(client, sent) : sent.deliveries;
  if (terminal.json) terminal.document({ deliveries: last.map((delivery) => toJson(DeliverySchema, delivery)) });
  else for (const delivery of last) writeOutcome(terminal, delivery);
  return options.wait && last.some(({ state }) => state !== State.SENT) ? 1 : 0;
}

/** The deliveries when all of them have ended. */
async function outcomes(
  { followEvents, deliveries }: GatewayClient,
  sent: { readonly deliveries: readonly Delivery[]; readonly cursor: string },
): Promise<Delivery[]> {
  const known = new Map(sent.deliveries.map((delivery) => [delivery.name, delivery]));
  const all = (): Delivery[] => [...known.values()];
  const stop = new AbortController();
  const channel = sent.deliveries[0]?.name.split("/", 2).join("/") ?? "";
  const subjects = [`${channel}/deliveries/*`];
  for await (const step of followEvents({ cursor: sent.cursor, subjects, signal: stop.signal })) {
    if (step.kind === "event" && step.event.resource.case === "delivery") {
      const { value } = step.event.resource;
      if (known.has(value.name)) known.set(value.name, value);
    }
    if (all().every((delivery) => stateOf(delivery) === "ended")) break;
  }
  stop.abort();
  return Promise.all(all().map(async ({ name }) => (await deliveries.getDelivery({ name })).delivery as Delivery));
}
