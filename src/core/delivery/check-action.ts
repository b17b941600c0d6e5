/** What a caller may ask to have done in a conversation. */

import type {
  Button,
  ButtonRow,
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
const [maxRows, maxRowButtons, maxLabel, maxDataBytes, maxUrl] = [20, 8, 64, 64, 2_048];
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

/** Fails with FIELD_INVALID unless these may stand under a message. */
export function checkButtons(rows: readonly ButtonRow[], field: string): void {
  if (rows.length > maxRows)
    throw invalidField(field, `are ${rows.length} rows; at most ${maxRows} fit under a message`);
  for (const [index, { buttons }] of rows.entries()) {
    const row = `${field}[${index}].buttons`;
    if (buttons.length === 0 || buttons.length > maxRowButtons) {
      throw invalidField(row, `are ${buttons.length}; give 1 to ${maxRowButtons} for a row`);
    }
    for (const [place, button] of buttons.entries()) checkButton(button, `${row}[${place}]`);
  }
}

function checkButton({ text, press }: Button, field: string): void {
  checkText(text, `${field}.text`);
  if (text.length > maxLabel) throw invalidField(`${field}.text`, `is longer than ${maxLabel} characters`);
  if (press.case === undefined) throw invalidField(field, "does nothing; give data or url");
  if (press.case === "url") {
    const isPage = press.value.length <= maxUrl && /^https?:\/\//i.test(press.value) && URL.canParse(press.value);
    if (!isPage) throw invalidField(`${field}.url`, "is no http or https address of a page");
    return;
  }
  checkText(press.value, `${field}.data`);
  if (Buffer.byteLength(press.value) > maxDataBytes) {
    throw invalidField(`${field}.data`, `is longer than ${maxDataBytes} bytes`);
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
