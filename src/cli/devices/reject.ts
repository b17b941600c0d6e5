/** `openclaw devices reject`. */

import { create, toJson } from "@bufbuild/protobuf";
import { PairingRequestSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { defineCommand } from "../command/command.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { findRequest } from "./find.ts";

/** Refuses a device. */
export const command = defineCommand({
  words: [{ name: "code", help: "the code of its request" }],
  options: {},
  details: `
Also takes an approval back whose token the device has not collected yet.`,
  examples: ["devices reject K7QM-2XRD"],
  async run({ words, terminal, link }) {
    const { access } = await link.client();
    const { name } = await findRequest(access, words.code);
    const answer = await access.resolvePairingRequest({ name, approve: false });
    const { pairingRequest: request = create(PairingRequestSchema) } = answer;
    if (terminal.json) return terminal.document(toJson(PairingRequestSchema, request));
    terminal.line(`refused ${plainLine(request.title)} (${request.code})`);
  },
});
