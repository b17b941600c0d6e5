/** The contract of channels on Telegram. */

import { testChannel } from "../contract/channel-contract.ts";
import { TelegramWorld } from "./telegram-world.ts";

testChannel("telegram", () => new TelegramWorld());
