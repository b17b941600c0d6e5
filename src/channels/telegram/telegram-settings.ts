/** What a connection to Telegram is told. */

import { readFileSync } from "node:fs";
import { MisconfiguredError } from "../../core/channel/network.ts";

/** Settings of one account; see channels.telegram. */
export interface TelegramSettings {
  readonly botToken: string;
  /** Where the Bot API is, without a slash at the end. */
  readonly apiRoot: string;
  /** How Telegram is to send updates to us; undefined for long polling. */
  readonly webhook: { readonly url: string; readonly secret: string } | undefined;
  /** Show commands in the menu of the conversation. */
  readonly commandsMenu: boolean;
  readonly linkPreview: boolean;
}

interface GivenSettings {
  readonly botToken?: string;
  readonly tokenFile?: string;
  readonly apiRoot?: string;
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  readonly commandsMenu?: boolean;
  readonly linkPreview?: boolean;
}

/** Settings whose types were checked with the configuration, completed. Throws MisconfiguredError when one is missing. */
export function telegramSettings(settings: unknown): TelegramSettings {
  const given = settings as GivenSettings;
  return {
    botToken: tokenOf(given),
    apiRoot: (given.apiRoot ?? "https://api.telegram.org").replace(/\/+$/, ""),
    webhook: webhookOf(given),
    commandsMenu: given.commandsMenu ?? true,
    linkPreview: given.linkPreview ?? true,
  };
}

function tokenOf({ botToken, tokenFile }: GivenSettings): string {
  const token = botToken ?? (tokenFile === undefined ? "" : readToken(tokenFile));
  if (token === "") {
    throw new MisconfiguredError(
      "channels.telegram.botToken is missing; @BotFather gives one; or set TELEGRAM_BOT_TOKEN",
    );
  }
  // It is put into addresses: nothing but a token may be in it.
  if (!/^\d+:[\w-]+$/.test(token)) {
    throw new MisconfiguredError('channels.telegram.botToken is no token; one looks like "123456:ABC-def"');
  }
  return token;
}

function readToken(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "it cannot be read";
    throw new MisconfiguredError(`channels.telegram.tokenFile: ${path}: ${code}`);
  }
}

function webhookOf({ webhookUrl: url, webhookSecret: secret }: GivenSettings): TelegramSettings["webhook"] {
  if (url === undefined) return undefined;
  if (secret === undefined || secret === "") {
    throw new MisconfiguredError(
      "channels.telegram.webhookUrl needs webhookSecret: without it anybody could write to us",
    );
  }
  return { url, secret };
}
