/** `openclaw sessions reset`. */

import { create, toJson } from "@bufbuild/protobuf";
import { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
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
    const { sessions } = await link.client();
    const { session = create(SessionSchema) } = await sessions.resetSession({ name });
    if (terminal.json) return terminal.document(toJson(SessionSchema, session));
    terminal.line(`${lastPart(session.name)} begins anew (generation ${session.generation})`);
  },
});
