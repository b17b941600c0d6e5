/** What a caller may ask to have done in a conversation. */

import type {
  OutboundAction,
  OutboundDelete,
  OutboundEdit,
  OutboundPoll,
  OutboundReaction,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { invalidField } from "../errors.ts";

const maxTextBytes = 1_048_576;
const maxIdLength = 512;
const maxOptionLength = 300;
const longestPollSeconds = 2_678_400;

/** Fails with FIELD_INVALID unless a network could do it. */
export function checkAction({ kind }: OutboundAction): void {
  if (kind.case === "edit") checkEdit(kind.value);
  else if (kind.case === "delete") checkDelete(kind.value);
  else if (kind.case === "reaction") checkReaction(kind.value);
  else if (kind.case === "poll") checkPoll(kind.value);
}

function checkEdit({ platformId, text }: OutboundEdit): void {
  checkId(platformId, "edit.platform_id");
  checkText(text, "edit.text");
}

function checkDelete({ platformId }: OutboundDelete): void {
  checkId(platformId, "delete.platform_id");
}

function checkReaction({ platformId, emoji, remove }: OutboundReaction): void {
  checkId(platformId, "reaction.platform_id");
  if (emoji === "" && !remove) throw invalidField("reaction.emoji", "is empty; give one emoji");
  if (emoji.length > 64 || !emoji.isWellFormed())
    throw invalidField("reaction.emoji", "is no emoji and no name of one");
}

function checkPoll({ question, options, durationSeconds }: OutboundPoll): void {
  checkText(question, "poll.question");
  if (options.length < 2 || options.length > 12) {
    throw invalidField("poll.options", `are ${options.length}; give 2 to 12`);
  }
  for (const [index, option] of options.entries()) {
    const field = `poll.options[${index}]`;
    checkText(option, field);
    if (option.length > maxOptionLength) throw invalidField(field, `is longer than ${maxOptionLength} characters`);
  }
  if (new Set(options).size !== options.length) throw invalidField("poll.options", "are not all different");
  if (durationSeconds < 0 || durationSeconds > longestPollSeconds) {
    throw invalidField("poll.duration_seconds", `is not between 0 and ${longestPollSeconds}`);
  }
}

/** Fails with FIELD_INVALID unless it may be the network's id of a message. */
export function checkId(id: string, field: string): void {
  if (id === "") throw invalidField(field, "is empty; give the network's id of the message");
  if (id.length > maxIdLength || !id.isWellFormed()) throw invalidField(field, "is no id of a message");
}

function checkText(text: string, field: string): void {
  if (text.trim() === "") throw invalidField(field, "is empty");
  if (!text.isWellFormed()) throw invalidField(field, "is not well-formed Unicode");
  if (Buffer.byteLength(text) > maxTextBytes) throw invalidField(field, `is longer than ${maxTextBytes} bytes`);
}
