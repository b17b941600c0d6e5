/**
 * The keys of every network, in one list. A new network is a file in networks/ that exports its shape, one line here, and
 * one in network-environment.ts if variables may fill keys in.
 */

import type * as z from "zod";
import { discordShape } from "./networks/discord-schema.ts";
import { emailShape } from "./networks/email-schema.ts";
import { ircShape } from "./networks/irc-schema.ts";
import { matrixShape } from "./networks/matrix-schema.ts";
import { slackShape } from "./networks/slack-schema.ts";
import { telegramShape } from "./networks/telegram-schema.ts";
import { webhookShape } from "./networks/webhook-schema.ts";
import { xmppShape } from "./networks/xmpp-schema.ts";

/** By kind; every key is optional, so that accounts may inherit it. */
export const networkShapes: Readonly<Record<string, z.ZodRawShape>> = {
  discord: discordShape,
  email: emailShape,
  irc: ircShape,
  matrix: matrixShape,
  slack: slackShape,
  telegram: telegramShape,
  webhook: webhookShape,
  xmpp: xmppShape,
};
