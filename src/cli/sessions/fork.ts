/** `openclaw sessions fork`. */

import { create, toJson } from "@bufbuild/protobuf";
import { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { defineCommand } from "../command/command.ts";
import { lastPart, newId, sessionName } from "../link/names.ts";
import { sessionFrom, settingsOptions } from "./options/settings-options.ts";
import { writeSession } from "./session-view.ts";

/** Copies a session into a new one. */
export const command = defineCommand({
  words: [
    { name: "session", help: "the session to copy" },
    { name: "new-session", help: "id of the copy; a new one is made when left out", optional: true },
  ],
  options: {
    ...settingsOptions,
    message: { kind: "text", value: "message", help: "copy up to this message, itself included; otherwise everything" },
  },
  examples: ["sessions fork main plan-b", "sessions fork main --message 01K… --title 'another way'"],
  async run({ options, words, terminal, link, nowMs }) {
    const source = sessionName(words.session);
    const { sessions } = await link.client();
    const { session = create(SessionSchema) } = await sessions.createSession({
      session: sessionFrom(options),
      sessionId: newId(words["new-session"], "sessions/"),
      forkFrom: options.message ? `${source}/messages/${lastPart(options.message)}` : source,
    });
    if (terminal.json) return terminal.document(toJson(SessionSchema, session));
    writeSession(terminal, session, nowMs);
  },
});
