/** From what is to be said to the messages that say it. */

import { create } from "@bufbuild/protobuf";
import { type OutboundAction, OutboundActionSchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Attachment, Part } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type ChunkMode, chunkText } from "./text/chunk-text.ts";
import { fits, type TextLimits } from "./text/text-limits.ts";

/** Longest caption every network that takes files takes too, in characters. */
const longestCaption = 1_024;

/** How it is to be said. */
export interface ComposeOptions {
  readonly limits: TextLimits;
  readonly chunkMode: ChunkMode;
  /** The network's id of the message that is answered; empty for none. */
  readonly replyTo: string;
  /** Which messages say that they answer it. */
  readonly replyToMode: "off" | "first" | "all";
  readonly silent: boolean;
}

/** The messages, in order: text cut to the limits, each file with the short text before it as its caption. */
export function composeActions(parts: readonly Part[], options: ComposeOptions): OutboundAction[] {
  const said: { text: string; attachment?: Attachment }[] = [];
  for (const { kind } of parts) {
    if (kind.case === "text") {
      for (const { text } of chunkText(kind.value, options.limits, options.chunkMode)) said.push({ text });
    } else if (kind.case === "attachment") {
      const last = said.at(-1);
      if (last !== undefined && last.attachment === undefined && isCaption(last.text, options.limits)) {
        last.attachment = kind.value;
      } else said.push({ text: "", attachment: kind.value });
    }
  }
  return said.map((message, index) => {
    const replies = options.replyToMode === "all" || (options.replyToMode === "first" && index === 0);
    const value = { ...message, replyTo: replies ? options.replyTo : "", silent: options.silent };
    return create(OutboundActionSchema, { kind: { case: "message", value } });
  });
}

function isCaption(text: string, limits: TextLimits): boolean {
  return fits(text, { ...limits, characters: Math.min(limits.characters, longestCaption) });
}
