/** `openclaw tokens revoke`. */

import { defineCommand } from "../command/command.ts";
import { lastPart } from "../link/names.ts";
import { confirm, yesOption } from "../terminal/confirm.ts";

/** Ends a named token, and everything that goes on by it. */
export const command = defineCommand({
  words: [{ name: "name", help: "the token to end" }],
  options: { yes: yesOption },
  examples: ["tokens revoke ci --yes"],
  async run({ options, words, terminal, link }) {
    const name = `tokens/${lastPart(words.name)}`;
    await confirm(terminal, options.yes, `end ${name}? whoever uses it is cut off at once.`);
    const { access } = await link.client();
    await access.revokeToken({ name });
    if (terminal.json) return terminal.document({ revoked: name });
    terminal.line(`revoked ${name}`);
  },
});
