/** `openclaw sessions create`. */

import { create, toJson } from "@bufbuild/protobuf";
import { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { defineCommand } from "../command/command.ts";
import { lastPart, newId } from "../link/names.ts";
import { sessionFrom, settingsOptions } from "./options/settings-options.ts";
import { writeSession } from "./session-view.ts";

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
    const { sessions } = await link.client();
    const { session = create(SessionSchema) } = await sessions.createSession({
      session: { ...sessionFrom(options), ...(agent ? { agent } : {}), pinned: options.pin },
      sessionId: newId(words.session, "sessions/"),
    });
    if (terminal.json) return terminal.document(toJson(SessionSchema, session));
    writeSession(terminal, session, nowMs);
  },
});
