/** What a caller may write into a message. */

import type { Part } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { hashOf } from "../blob/attachments.ts";
import { invalidField } from "../errors.ts";

const maxParts = 64;
const maxTextBytes = 1_048_576;

/**
 * Fails with FIELD_INVALID unless the parts are 1–64 texts and files, without model state, at least one file or 1 byte of
 * text, and at most 1 MiB of text together. Whether the files are there is seen when the message is written.
 */
export function checkParts(parts: readonly Part[], field: string): void {
  if (parts.length === 0) throw invalidField(field, "is empty; write at least one text part, or name a file");
  if (parts.length > maxParts) throw invalidField(field, `has ${parts.length} parts; at most ${maxParts}`);
  let bytes = 0;
  let files = 0;
  parts.forEach((part, index) => {
    const { kind } = part;
    if (kind.case !== "text" && kind.case !== "attachment") {
      throw invalidField(`${field}[${index}]`, "is no text and no file; only these can be written");
    }
    if (part.modelState !== undefined)
      throw invalidField(`${field}[${index}].model_state`, "is the model's own; leave it out");
    if (kind.case === "attachment") {
      hashOf(kind.value.blob, `${field}[${index}].attachment.blob`);
      files += 1;
      return;
    }
    if (!kind.value.isWellFormed()) throw invalidField(`${field}[${index}]`, "is not well-formed Unicode");
    bytes += Buffer.byteLength(kind.value);
  });
  if (bytes === 0 && files === 0) throw invalidField(field, "has no text");
  if (bytes > maxTextBytes) throw invalidField(field, `holds ${bytes} bytes of text; at most ${maxTextBytes}`);
}
