/** Values of enums, as people say them. */

import type { DescEnum } from "@bufbuild/protobuf";

/** "read only" for READ_ONLY; empty for what is not set, or newer than this program. */
export function enumWord(schema: DescEnum, value: number): string {
  return value === 0 ? "" : (schema.value[value]?.localName ?? "").replaceAll("_", " ").toLowerCase();
}
