/** `openclaw ingress resubmit`. */

import { create, toJson } from "@bufbuild/protobuf";
import { IngressSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { defineCommand } from "../command/command.ts";
import { writeOutcome } from "./ingress-view.ts";
import { ingressName, ingressWord } from "./ingress-word.ts";

/** Handles a failed message again. */
export const command = defineCommand({
  words: [ingressWord],
  options: {},
  details: `
Only messages that failed can be resubmitted; they are handled by the rules that hold now.`,
  examples: ["ingress list --outcome failed", "ingress resubmit telegram/01M81NZE92NT9BKJAZ5Q3T6W8X"],
  async run({ words, terminal, link }) {
    const client = await link.client();
    const name = await ingressName(client, words.ingress);
    const { ingress = create(IngressSchema) } = await client.ingress.resubmitIngress({ name });
    if (terminal.json) return terminal.document(toJson(IngressSchema, ingress));
    writeOutcome(terminal, ingress);
  },
});
