/** Secrets in the JSON Schema of the file. */

import type { z } from "zod";

const referenceSchema = {
  type: "object",
  properties: {
    source: { enum: ["env", "file", "exec"], description: "Where the secret is." },
    provider: { type: "string", description: 'Key of secrets.providers; "default" when not set.' },
    id: {
      type: "string",
      description: "Name of the variable, JSON pointer into the file, or what the program calls it.",
    },
  },
  required: ["source", "id"],
  additionalProperties: false,
} as const;

/** A secret may be given by a reference; only the value it leads to is checked by zod. */
export function allowReference(node: z.core.JSONSchema.BaseSchema): void {
  if (node.sensitive !== true || node.anyOf !== undefined) return;
  const { description, sensitive: secret, ...plain } = node;
  for (const key of Object.keys(node)) delete node[key];
  Object.assign(node, { description, sensitive: secret, anyOf: [plain, referenceSchema] });
}
