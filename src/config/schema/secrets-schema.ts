/** `secrets`: where the values of secret references come from. */

import * as z from "zod";
import { count, providerId } from "./value-schemas.ts";

const absolutePath = z.string().regex(/^(\/|~\/|[A-Za-z]:[\\/])/, "must be an absolute path");

const environmentProvider = z.strictObject({
  source: z.literal("env").describe("Environment variables."),
  allow: z.array(z.string().min(1)).optional().describe("Variables that may be named; any when not set."),
});

const fileProvider = z.strictObject({
  source: z.literal("file").describe("A file."),
  path: absolutePath.describe("Where it is; readable by its owner only."),
  mode: z
    .enum(["json", "singleValue"])
    .default("json")
    .describe('json: an id is a JSON pointer into the file; singleValue: the whole file, with the id "value".'),
});

const commandProvider = z.strictObject({
  source: z.literal("exec").describe("A program that is asked."),
  command: absolutePath.describe("The program, not a symbolic link; it is run without a shell."),
  args: z.array(z.string()).default([]).describe("Its arguments."),
  passEnv: z.array(z.string().min(1)).default([]).describe("Variables it gets, beside PATH and HOME."),
  timeoutMs: count(60_000).default(5_000).describe("Longest time it may take."),
  maxOutputBytes: count(16_777_216).default(1_048_576).describe("Most it may write."),
});

/** `secrets` in the file. */
export const secretsSchema = z.strictObject({
  providers: z
    .record(providerId, z.discriminatedUnion("source", [environmentProvider, fileProvider, commandProvider]))
    .default({})
    .describe('Sources of secret values, by the id a reference names; "default" is meant when it names none.'),
});
