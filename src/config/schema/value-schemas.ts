/** Kinds of values, and words about keys, that several sections have in common. */

import * as z from "zod";

/** A whole number from 1 to `max`. */
export const count = (max: number) => z.int().min(1).max(max);

/** Id of a provider of models or secrets. */
export const providerId = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, "must be lower-case letters, digits, - and _");

/** "provider/model". */
export const modelReference = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}\/\S+$/, 'must be "provider/model", for example "openai/gpt-5"');

/** Address of a server. */
export const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http or https address" });

/** Of keys that are read whenever they are used: a change takes nothing. */
export const live = { reload: "live" } as const;

/** Of secrets. */
export const sensitive = { sensitive: true } as const;
