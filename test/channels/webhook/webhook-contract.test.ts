/** The contract of channels over webhooks. */

import { testChannel } from "../contract/channel-contract.ts";
import { WebhookWorld } from "./webhook-world.ts";

testChannel("webhook", () => new WebhookWorld());
testChannel("webhook to a receiver that can be asked again", () => new WebhookWorld({ idempotent: true }));
