/** Death of the gateway on a real mailbox. */

import { testCrashes } from "../contract/crash-contract.ts";
import { EmailWorld } from "./email-world.ts";

testCrashes("email", () => new EmailWorld(), ["inbound.before-commit", "outbox.sending", "outbox.asked"]);
