/** `openclaw sessions show`. */

import { defineCommand } from "../command/command.ts";
import { sessionName } from "../link/names.ts";
import { writeSession } from "./session-view.ts";

/** Shows one session. */
export const command = defineCommand({
  words: [{ name: "session", help: "its name; main when left out", optional: true }],
  options: {},
  async run({ words, terminal, link, nowMs }) {
    const { session = {} } = await link.calls.sessions.getSession({ name: sessionName(words.session ?? "main") });
    if (terminal.json) return terminal.document(session);
    writeSession(terminal, session, nowMs);
  },
});
