/** Email: a mailbox over IMAP, and a server that sends over SMTP. */

import type { Network } from "../../core/channel/network.ts";
import { EmailConnection } from "./email-connection.ts";
import { emailSettings } from "./email-settings.ts";

/** See the file's first line. */
export const emailNetwork: Network = {
  kind: "email",
  connect: (settings, host) => new EmailConnection(emailSettings(settings), host),
};
