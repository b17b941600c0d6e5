/** `openclaw gateway whoami`, or `openclaw whoami`. */

import { create, toJson } from "@bufbuild/protobuf";
import { CallerSchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { WhoAmIResponseSchema } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { displayPath } from "../../config/environment.ts";
import { defineCommand } from "../command/command.ts";
import { scopeWords } from "../link/scopes.ts";
import { ahead } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { writePairs } from "../terminal/table.ts";

/** Tells who the gateway takes you for. */
export const command = defineCommand({
  words: [],
  options: {},
  details: `
Works with every credential, whatever it may do.`,
  examples: ["whoami", "whoami --token oct_… --json"],
  async run({ terminal, link, nowMs }) {
    const { gateway } = await link.client();
    const answer = await gateway.whoAmI({});
    const { credential, url, loaded } = await link.address();
    if (terminal.json) return terminal.document(toJson(WhoAmIResponseSchema, answer));
    const { principal, scopes, expireTime } = answer.caller ?? create(CallerSchema);
    writePairs(terminal, [
      ["gateway", url],
      ["you are", principal],
      ["called", plainLine(answer.title)],
      ["you may", scopeWords(scopes)],
      ["until", expireTime && ahead(expireTime, nowMs)],
      ["by", credential ? displayPath(credential.source, loaded.home) : "nothing: this gateway wants no credential"],
    ]);
  },
});
