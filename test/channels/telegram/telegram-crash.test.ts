/** Death of the gateway while it is on Telegram. */

import { testCrashes } from "../contract/crash-contract.ts";
import { TelegramWorld } from "./telegram-world.ts";

testCrashes("telegram", () => new TelegramWorld(), ["inbound.before-commit", "inbound.committed", "outbox.asked"]);
