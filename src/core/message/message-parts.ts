/** What a caller may write into a message. */

import type { Part } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { invalidField } from "../errors.ts";

const maxParts = 64;
const maxTextBytes = 1_048_576;

/** Fails with FIELD_INVALID unless the parts are 1–64 texts of 1 byte to 1 MiB together, without model state. */
export function checkParts(parts: readonly Part[], field: string): void {
  if (parts.length === 0) throw invalidField(field, "is empty; write at least one text part");
  if (parts.length > maxParts) throw invalidField(field, `has ${parts.length} parts; at most ${maxParts}`);
  let bytes = 0;
  parts.forEach((part, index) => {
    if (part.kind.case !== "text") throw invalidField(`${field}[${index}]`, "is no text; only text can be written");
    if (part.modelState !== undefined)
      throw invalidField(`${field}[${index}].model_state`, "is the model's own; leave it out");
    if (!part.kind.value.isWellFormed()) throw invalidField(`${field}[${index}]`, "is not well-formed Unicode");
    bytes += Buffer.byteLength(part.kind.value);
  });
  if (bytes === 0) throw invalidField(field, "has no text");
  if (bytes > maxTextBytes) throw invalidField(field, `holds ${bytes} bytes of text; at most ${maxTextBytes}`);
}
