/** `openclaw sessions show`. */

import { create, toJson } from "@bufbuild/protobuf";
import { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { defineCommand } from "../command/command.ts";
import { sessionName } from "../link/names.ts";
import { writeSession } from "./session-view.ts";

/** Shows one session. */
export const command = defineCommand({
  words: [{ name: "session", help: "its name; main when left out", optional: true }],
  options: {},
  async run({ words, terminal, link, nowMs }) {
    const { sessions } = await link.client();
    const name = sessionName(words.session ?? "main");
    const { session = create(SessionSchema) } = await sessions.getSession({ name });
    if (terminal.json) return terminal.document(toJson(SessionSchema, session));
    writeSession(terminal, session, nowMs);
  },
});
