/** `openclaw tokens create`. */

import { create, toJson } from "@bufbuild/protobuf";
import { TokenSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { durationOption } from "../link/duration-option.ts";
import { newId } from "../link/names.ts";
import { scopeOption, scopesFrom, scopeWords } from "../link/scopes.ts";
import { ahead } from "../terminal/moment.ts";

/** Makes a named token and shows its secret, once. */
export const command = defineCommand({
  words: [{ name: "name", help: "what to call it" }],
  options: {
    scope: scopeOption,
    expires: { kind: "text", value: "duration", help: "when it ends: 12h, 30d; never when left out" },
  },
  details: `
The secret is printed once, alone on standard output, and kept nowhere: send it as "authorization: Bearer …", or give it to
openclaw with --token or OPENCLAW_GATEWAY_TOKEN. Nobody can grant more, or for longer, than they hold.`,
  examples: ["tokens create ci --scope read,write --expires 30d", "tokens create watcher --scope read --json"],
  async run({ options, words, terminal, link, nowMs }) {
    const scopes = scopesFrom(options.scope);
    if (scopes.length === 0) throw new UsageError("a token needs --scope", "for example: --scope read,write");
    const ttl = durationOption("expires", options.expires);
    const { access } = await link.client();
    const tokenId = newId(words.name, "tokens/");
    const { token = create(TokenSchema), secret } = await access.createToken({ tokenId, scopes, ttl });
    if (terminal.json) return terminal.document({ token: toJson(TokenSchema, token), secret });
    const until = token.expireTime === undefined ? "until it is revoked" : `ends ${ahead(token.expireTime, nowMs)}`;
    terminal.note(
      `${token.name} may ${scopeWords(token.scopes)}, ${until}. This is its secret; it is not shown again:`,
    );
    terminal.line(secret);
  },
});
