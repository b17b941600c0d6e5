/** `openclaw pairing list`. */

import { toJson } from "@bufbuild/protobuf";
import { type PairingRequest, PairingRequestSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { accountOption, channelId, requireListed } from "../channels/channel-view.ts";
import { defineCommand } from "../command/command.ts";
import { ago, ahead } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { writeTable } from "../terminal/table.ts";
import { channelOfRequest, senderRequests } from "./sender-requests.ts";

/** Lists senders that ask to be answered. */
export const command = defineCommand({
  words: [{ name: "channel", help: "only of this channel", optional: true }],
  options: { account: accountOption },
  examples: ["pairing list", "pairing list telegram --json"],
  async run({ options, words, terminal, link, nowMs }) {
    const { access, channels } = await link.client();
    const requests = await senderRequests(access, words.channel, options.account);
    if (requests.length === 0) await requireListed(channels, words.channel, options.account);
    if (terminal.json) {
      return terminal.document({ pairingRequests: requests.map((one) => toJson(PairingRequestSchema, one)) });
    }
    if (requests.length === 0) return terminal.note("nobody asks to be answered");
    writeTable<PairingRequest>(
      terminal,
      [
        { title: "channel", cell: (request) => channelId({ name: channelOfRequest(request) }) },
        { title: "code", cell: ({ code }) => code, paint: terminal.colors.cyan },
        { title: "sender", cell: senderOf, shrinks: true },
        { title: "calls itself", cell: ({ title }) => plainLine(title), shrinks: true },
        { title: "asked", cell: ({ createTime }) => ago(createTime, nowMs) },
        { title: "ends", cell: ({ expireTime }) => ahead(expireTime, nowMs) },
      ],
      requests,
    );
  },
});

function senderOf({ subject }: PairingRequest): string {
  return subject.case === "sender" ? plainLine(subject.value.address) : "";
}
