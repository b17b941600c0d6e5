/** `openclaw pairing approve`. */

import { randomUUID } from "node:crypto";
import { create, toJson } from "@bufbuild/protobuf";
import { PairingRequestSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { accountOption, channelWord } from "../channels/channel-view.ts";
import { defineCommand } from "../command/command.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { findSenderRequest } from "./sender-requests.ts";

const welcome = "You are paired now: write to me whenever you like.";

/** Lets a sender in: from now on their direct messages are answered. */
export const command = defineCommand({
  words: [channelWord, { name: "code", help: "the code the sender was told" }],
  options: { account: accountOption, notify: { kind: "switch", help: "tell the sender" } },
  details: `
The first sender that is let in owns the gateway, unless commands.ownerAllowFrom names somebody.`,
  examples: ["pairing approve telegram K7QM2XRD --notify"],
  async run({ options, words, terminal, link }) {
    const { access, deliveries } = await link.client();
    const { name } = await findSenderRequest(access, words.channel, { code: words.code, account: options.account });
    const answer = await access.resolvePairingRequest({ name, approve: true });
    const { pairingRequest: request = create(PairingRequestSchema) } = answer;
    if (options.notify && request.subject.case === "sender") {
      const parts = [{ kind: { case: "text" as const, value: welcome } }];
      const action = { case: "content" as const, value: { parts } };
      const { conversation } = request.subject.value;
      await deliveries.sendMessage({ conversation, requestId: randomUUID(), action });
    }
    if (terminal.json) return terminal.document(toJson(PairingRequestSchema, request));
    terminal.line(`let in ${plainLine(request.title) || request.code} on ${words.channel}`);
  },
});
