/** Environment variables that fill in keys of the default account of a configured channel. */

/** By kind: key path, and the variable. */
export const networkVariables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  irc: {
    host: "IRC_HOST",
    port: "IRC_PORT",
    tls: "IRC_TLS",
    nick: "IRC_NICK",
    username: "IRC_USERNAME",
    realname: "IRC_REALNAME",
    password: "IRC_PASSWORD",
    channels: "IRC_CHANNELS",
    "nickserv.password": "IRC_NICKSERV_PASSWORD",
  },
  matrix: {
    homeserver: "MATRIX_HOMESERVER",
    accessToken: "MATRIX_ACCESS_TOKEN",
    userId: "MATRIX_USER_ID",
    password: "MATRIX_PASSWORD",
  },
  xmpp: { jid: "XMPP_JID", password: "XMPP_PASSWORD" },
  email: { address: "EMAIL_ADDRESS", user: "EMAIL_USER", password: "EMAIL_PASSWORD" },
  telegram: { botToken: "TELEGRAM_BOT_TOKEN" },
  discord: { token: "DISCORD_BOT_TOKEN" },
  slack: { botToken: "SLACK_BOT_TOKEN", appToken: "SLACK_APP_TOKEN" },
};
