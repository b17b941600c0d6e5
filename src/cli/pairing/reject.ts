/** `openclaw pairing reject`. */

import { create, toJson } from "@bufbuild/protobuf";
import { PairingRequestSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { accountOption, channelWord } from "../channels/channel-view.ts";
import { defineCommand } from "../command/command.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { findSenderRequest } from "./sender-requests.ts";

/** Refuses a sender. They may ask again: a refusal is no block. */
export const command = defineCommand({
  words: [channelWord, { name: "code", help: "the code the sender was told" }],
  options: { account: accountOption },
  examples: ["pairing reject telegram K7QM2XRD"],
  async run({ options, words, terminal, link }) {
    const { access } = await link.client();
    const { name } = await findSenderRequest(access, words.channel, { code: words.code, account: options.account });
    const { pairingRequest: request = create(PairingRequestSchema) } = await access.resolvePairingRequest({ name });
    if (terminal.json) return terminal.document(toJson(PairingRequestSchema, request));
    terminal.line(`refused ${plainLine(request.title) || request.code} on ${words.channel}`);
  },
});
