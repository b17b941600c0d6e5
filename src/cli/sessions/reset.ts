/** `openclaw sessions reset`. */

import { randomUUID } from "node:crypto";
import { defineCommand } from "../command/command.ts";
import { lastPart, sessionName } from "../link/names.ts";
import { confirm, yesOption } from "../terminal/confirm.ts";

/** Begins a new transcript under the same name; the old one stays readable. */
export const command = defineCommand({
  words: [{ name: "session", help: "the session to reset" }],
  options: { yes: yesOption },
  details: `
The old transcript stays: openclaw sessions history <session> --generation <n>`,
  async run({ options, words, terminal, link }) {
    const name = sessionName(words.session);
    const question = `begin a new transcript of ${name}? the agent will not remember the old one.`;
    await confirm(terminal, options.yes, question);
    const { session = {} } = await link.calls.sessions.resetSession({ name, requestId: randomUUID() });
    if (terminal.json) return terminal.document(session);
    terminal.line(`${lastPart(session.name)} begins anew (generation ${session.generation})`);
  },
});
