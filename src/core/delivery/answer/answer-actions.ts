/** From the text of an answer to the messages it leaves in. */

import { create } from "@bufbuild/protobuf";
import type { OutboundAction } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { type Part, PartSchema } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { composeActions } from "../compose-actions.ts";
import { readAnswer } from "../text/answer-text.ts";
import type { AnswerPlace } from "./answer-place.ts";

/** An answer, or the next piece of it. */
export interface AnswerPiece {
  /** As the model wrote it. */
  readonly text: string;
  readonly files?: readonly Part[];
  /** True when nothing of the run was said yet: prefix and reply stand there. */
  readonly first: boolean;
  /** Put under it; empty for nothing. */
  readonly footer?: string;
}

/** The messages, in order; none for an answer that says nothing. */
export function answerActions(piece: AnswerPiece, place: AnswerPlace): OutboundAction[] {
  const { text, replyTo } = readAnswer(piece.text);
  const { outbound, limits, answers, prefix, replyToMode: usual } = place;
  const parts: Part[] = [];
  if (text.trim() !== "") {
    const prefixed = piece.first && prefix !== "" && !text.trimStart().startsWith(prefix);
    const opened = prefixed ? `${prefix} ${text.trimStart()}` : text;
    const value = piece.footer ? `${opened.trimEnd()}\n\n${piece.footer}` : opened;
    parts.push(create(PartSchema, { kind: { case: "text", value } }));
  }
  const wanted = replyTo === undefined ? usual : usual === "all" ? "all" : "first";
  const replyToMode = wanted === "first" && replyTo === undefined && !piece.first ? "off" : wanted;
  return composeActions([...parts, ...(piece.files ?? [])], {
    limits,
    chunkMode: outbound.chunkMode,
    replyTo: replyTo === undefined || replyTo === "current" ? answers : replyTo,
    replyToMode,
    silent: false,
  });
}
