/** Death of the gateway on a fake Slack. */

import { testCrashes } from "../contract/crash-contract.ts";
import { SlackWorld } from "./slack-world.ts";

testCrashes("slack", () => new SlackWorld(), ["inbound.before-commit", "outbox.sending", "outbox.asked"]);
