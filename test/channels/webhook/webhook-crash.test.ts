/** Death of the gateway while somebody posts to its webhook. */

import { testCrashes } from "../contract/crash-contract.ts";
import { WebhookWorld } from "./webhook-world.ts";

testCrashes("webhook", () => new WebhookWorld());
testCrashes("webhook to a receiver that can be asked again", () => new WebhookWorld({ idempotent: true }), [
  "outbox.sending",
  "outbox.asked",
]);
