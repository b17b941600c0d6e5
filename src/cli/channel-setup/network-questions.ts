/** What each network has to know before it can connect, as questions to a person. */

/** One key of a channel. */
export interface NetworkQuestion {
  readonly key: string;
  /** What is asked, e.g. "server". */
  readonly text: string;
  /** Nobody should see the answer. */
  readonly secret?: boolean;
  /** The channel can do without. */
  readonly optional?: boolean;
  /** Proposed; may be wrong. */
  readonly fallback?: string;
}

/** A network a channel can be set up on. */
export interface KnownNetwork {
  readonly kind: string;
  /** Shown to people. */
  readonly title: string;
  /** Where what is asked for comes from; empty when that is plain. */
  readonly hint: string;
  readonly questions: readonly NetworkQuestion[];
}

const known: readonly KnownNetwork[] = [
  {
    kind: "telegram",
    title: "Telegram",
    hint: "a bot; @BotFather gives its token",
    questions: [{ key: "botToken", text: "token of the bot", secret: true }],
  },
  {
    kind: "discord",
    title: "Discord",
    hint: "a bot of the developer portal",
    questions: [{ key: "token", text: "token of the bot", secret: true }],
  },
  {
    kind: "slack",
    title: "Slack",
    hint: "an app with socket mode",
    questions: [
      { key: "botToken", text: "bot token (xoxb-…)", secret: true },
      { key: "appToken", text: "app token (xapp-…)", secret: true },
    ],
  },
  {
    kind: "matrix",
    title: "Matrix",
    hint: "an account of its own",
    questions: [
      { key: "homeserver", text: "address of the homeserver", fallback: "https://matrix.org" },
      { key: "accessToken", text: "access token of the account", secret: true },
    ],
  },
  {
    kind: "xmpp",
    title: "XMPP",
    hint: "an account of its own",
    questions: [
      { key: "jid", text: "address of the account" },
      { key: "password", text: "its password", secret: true },
    ],
  },
  {
    kind: "irc",
    title: "IRC",
    hint: "a nick on any server",
    questions: [
      { key: "host", text: "address of the server", fallback: "irc.libera.chat" },
      { key: "nick", text: "our nick there" },
      {
        key: "nickserv.password",
        text: "password of that nick (nothing when it has none)",
        secret: true,
        optional: true,
      },
    ],
  },
  {
    kind: "email",
    title: "Email",
    hint: "a mailbox of its own",
    questions: [
      { key: "address", text: "mail address" },
      { key: "password", text: "password of the mailbox", secret: true },
      { key: "imap.host", text: "server that has the mailbox (IMAP)" },
      { key: "smtp.host", text: "server that sends (SMTP)" },
    ],
  },
  {
    kind: "webhook",
    title: "Webhook",
    hint: "a program of yours, over HTTP; answers go to its url, set that later",
    questions: [{ key: "secret", text: "secret both sides sign with, at least 16 characters", secret: true }],
  },
];

/** Those this gateway has code for; one without questions of its own is asked for its keys. */
export async function knownNetworks(): Promise<KnownNetwork[]> {
  const { networkShapes } = await import("../../config/channels/network-schemas.ts");
  const kinds = Object.keys(networkShapes);
  const asked = known.filter(({ kind }) => kinds.includes(kind));
  const others = kinds.filter((kind) => !known.some((one) => one.kind === kind));
  return [...asked, ...others.map((kind) => ({ kind, title: kind, hint: "", questions: [] }))];
}
