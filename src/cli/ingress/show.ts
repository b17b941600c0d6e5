/** `openclaw ingress show`. */

import { create, toJson } from "@bufbuild/protobuf";
import { IngressSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { defineCommand } from "../command/command.ts";
import { writeIngress } from "./ingress-view.ts";
import { ingressName, ingressWord } from "./ingress-word.ts";

/** Shows one inbound message. */
export const command = defineCommand({
  words: [ingressWord],
  options: {},
  details: `
The whole path, from here to the receipt of its answer: openclaw explain.`,
  async run({ words, terminal, link, nowMs }) {
    const client = await link.client();
    const name = await ingressName(client, words.ingress);
    const { ingress = create(IngressSchema) } = await client.ingress.getIngress({ name });
    if (terminal.json) return terminal.document(toJson(IngressSchema, ingress));
    writeIngress(terminal, ingress, nowMs);
  },
});
