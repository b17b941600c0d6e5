/** `openclaw sessions create`. */

import { randomUUID } from "node:crypto";
import { defineCommand } from "../command/command.ts";
import { lastPart } from "../link/names.ts";
import { writeSession } from "./session-view.ts";
import { sessionFrom, settingsOptions } from "./settings-options.ts";

/** Creates an empty session. */
export const command = defineCommand({
  words: [{ name: "session", help: "its id; a new one is made when left out", optional: true }],
  options: {
    ...settingsOptions,
    agent: { kind: "text", value: "agent", help: "who answers in it" },
    pin: { kind: "switch", help: "list it before others" },
  },
  examples: ['sessions create garden --title "The garden" --label project=garden'],
  async run({ options, words, terminal, link, nowMs }) {
    const agent = options.agent && `agents/${lastPart(options.agent)}`;
    const { session = {} } = await link.calls.sessions.createSession({
      session: { ...sessionFrom(options), ...(agent ? { agent } : {}), pinned: options.pin },
      sessionId: lastPart(words.session),
      requestId: randomUUID(),
    });
    if (terminal.json) return terminal.document(session);
    writeSession(terminal, session, nowMs);
  },
});
