/** Death of the gateway on a fake Discord. */

import { testCrashes } from "../contract/crash-contract.ts";
import { DiscordWorld } from "./discord-world.ts";

testCrashes("discord", () => new DiscordWorld(), ["inbound.before-commit", "inbound.committed", "outbox.asked"]);
