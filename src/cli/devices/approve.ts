/** `openclaw devices approve`. */

import { create, toJson } from "@bufbuild/protobuf";
import { PairingRequestSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { defineCommand } from "../command/command.ts";
import { scopeOption, scopesFrom, scopeWords } from "../link/scopes.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { findRequest } from "./find.ts";

/** Lets a device in. */
export const command = defineCommand({
  words: [{ name: "code", help: "the code the device shows" }],
  options: {
    scope: { ...scopeOption, help: `${scopeOption.help}; as it asked when left out` },
    title: { kind: "text", value: "title", help: "what to call it instead of what it calls itself" },
  },
  details: `
Compare the code with the one the device shows: anybody who reaches the gateway can ask. You can grant what you hold, not more.`,
  examples: ["devices approve K7QM-2XRD", "devices approve K7QM-2XRD --scope read"],
  async run({ options, words, terminal, link }) {
    const scopes = scopesFrom(options.scope);
    const { access } = await link.client();
    const { name } = await findRequest(access, words.code);
    const answer = await access.resolvePairingRequest({ name, approve: true, scopes, title: options.title ?? "" });
    const { pairingRequest: request = create(PairingRequestSchema) } = answer;
    if (terminal.json) return terminal.document(toJson(PairingRequestSchema, request));
    const granted = request.subject.case === "device" ? request.subject.value.scopes : [];
    terminal.line(`let in ${plainLine(request.title)} (${request.code}); it may ${scopeWords(granted)}`);
  },
});
