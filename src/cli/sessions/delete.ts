/** `openclaw sessions delete`. */

import { defineCommand } from "../command/command.ts";
import { sessionName } from "../link/names.ts";
import { confirm, yesOption } from "../terminal/confirm.ts";

/** Deletes a session with its transcripts and runs. */
export const command = defineCommand({
  words: [{ name: "session", help: "the session to delete" }],
  options: {
    yes: yesOption,
    etag: { kind: "text", value: "etag", help: "fail if the session changed since it had this etag" },
  },
  async run({ options, words, terminal, link }) {
    const name = sessionName(words.session);
    const question = `delete ${name} with every transcript of it? this cannot be undone.`;
    await confirm(terminal, options.yes, question);
    const { sessions } = await link.client();
    await sessions.deleteSession({ name, etag: options.etag ?? "" });
    if (terminal.json) return terminal.document({ deleted: name });
    terminal.line(`deleted ${name}`);
  },
});
