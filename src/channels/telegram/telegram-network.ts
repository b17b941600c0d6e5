/** Telegram: a bot, over the Bot API, by long polling or by webhook. */

import type { Network } from "../../core/channel/network.ts";
import { TelegramConnection } from "./telegram-connection.ts";
import { telegramSettings } from "./telegram-settings.ts";

/** See the file's first line. */
export const telegramNetwork: Network = {
  kind: "telegram",
  connect: (settings, host) => new TelegramConnection(telegramSettings(settings), host),
};
