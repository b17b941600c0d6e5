/** The contract of channels on a fake Discord. */

import { testChannel } from "../contract/channel-contract.ts";
import { DiscordWorld } from "./discord-world.ts";

testChannel("discord", () => new DiscordWorld());
