/** What a connection to Slack is told. */

import { MisconfiguredError } from "../../core/channel/network.ts";

/** Settings of one account; see channels.slack. */
export interface SlackSettings {
  readonly botToken: string;
  /** How events come: over a socket we open with the app's token, or by HTTP, signed. */
  readonly events:
    | { readonly mode: "socket"; readonly appToken: string }
    | {
        readonly mode: "http";
        readonly signingSecret: string;
        /** Undefined: one of the account's own. */
        readonly path: string | undefined;
      };
  /** Without the slash at its end. */
  readonly apiRoot: string;
  readonly unfurlLinks: boolean;
}

interface GivenSettings {
  readonly botToken?: string;
  readonly appToken?: string;
  readonly mode?: "socket" | "http";
  readonly signingSecret?: string;
  readonly webhookPath?: string;
  readonly apiRoot?: string;
  readonly unfurlLinks?: boolean;
}

/** Settings whose types were checked with the configuration, completed. Throws MisconfiguredError when one is missing. */
export function slackSettings(settings: unknown): SlackSettings {
  const given = settings as GivenSettings;
  const { botToken } = given;
  if (!botToken) throw new MisconfiguredError("channels.slack.botToken is missing; set it, or SLACK_BOT_TOKEN");
  return {
    botToken,
    events: eventsOf(given),
    apiRoot: (given.apiRoot ?? "https://slack.com/api").replace(/\/+$/, ""),
    unfurlLinks: given.unfurlLinks ?? false,
  };
}

function eventsOf({ mode = "socket", appToken, signingSecret, webhookPath }: GivenSettings): SlackSettings["events"] {
  if (mode === "socket") {
    if (appToken) return { mode, appToken };
    const next = 'set it, or SLACK_APP_TOKEN; or set mode to "http"';
    throw new MisconfiguredError(`channels.slack.appToken is missing; ${next}`);
  }
  if (signingSecret) return { mode, signingSecret, path: webhookPath };
  throw new MisconfiguredError("channels.slack.signingSecret is missing; it is in the app's Basic Information");
}
