/** Values as callers sent them, with the secrets they were not shown. */

import { configError } from "../config-error.ts";
import type { ConfigEdit } from "../edit/edit-text.ts";
import { valueAtPath } from "../edit/key-path.ts";
import { editsOfPatch } from "../edit/merge-patch.ts";
import { isObject } from "../edit/plain-value.ts";
import { formatPath, type KeyPath } from "../file/json5-source.ts";
import { redacted } from "../history/redact.ts";

/**
 * Puts what is written now in the place of each placeholder. In a list, what an element looks like says which one it is, as
 * its place may have changed. Throws a ConfigError where there is no secret to keep, or it could be another one's.
 */
export function restoreSecrets(value: unknown, written: unknown, path: KeyPath): unknown {
  return restore(value, valueAtPath(written, path), path);
}

/** The edits and, after them, what a merge patch asks for, each with the secrets it was not shown. Throws as `restoreSecrets`. */
export function wantedEdits(written: unknown, edits: readonly ConfigEdit[], patch: unknown): ConfigEdit[] {
  return [...edits, ...editsOfPatch(written, patch)].map(({ path, value }) => {
    return { path, value: restoreSecrets(value, written, path) };
  });
}

function restore(value: unknown, kept: unknown, path: KeyPath): unknown {
  if (value === redacted) {
    if (mayBeSecret(kept)) return kept;
    throw configError(formatPath(path), "is a placeholder for a secret that is not there", "give the secret itself");
  }
  if (Array.isArray(value)) {
    const before: readonly unknown[] = Array.isArray(kept) ? kept : [];
    return value.map((element, index) => {
      const own = [...path, index];
      return holdsPlaceholder(element) ? restore(element, elementFor(element, before, own), own) : element;
    });
  }
  if (!isObject(value)) return value;
  const known = isObject(kept) ? kept : {};
  const restored = Object.entries(value).map(([key, member]) => {
    return [key, restore(member, Object.hasOwn(known, key) ? known[key] : undefined, [...path, key])];
  });
  return Object.fromEntries(restored);
}

function elementFor(element: unknown, before: readonly unknown[], path: KeyPath): unknown {
  const alike = before.filter((kept) => looksLike(element, kept));
  const same = before[Number(path.at(-1))];
  if (alike.includes(same)) return same;
  if (alike.length === 1) return alike[0];
  throw configError(
    formatPath(path),
    "holds a placeholder for a secret, and is not what it was",
    "give the secret itself, or change the one key by its own path",
  );
}

/** A number may stand where a secret belongs: that is wrong, and not shown all the same. */
function mayBeSecret(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function holdsPlaceholder(value: unknown): boolean {
  if (value === redacted) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsPlaceholder);
}

/** Equal, with any text in the place of a placeholder. */
function looksLike(sent: unknown, kept: unknown): boolean {
  if (sent === redacted) return mayBeSecret(kept);
  if (typeof sent !== "object" || sent === null || typeof kept !== "object" || kept === null) return sent === kept;
  const [one, other] = [sent, kept] as [Record<string, unknown>, Record<string, unknown>];
  const keys = Object.keys(one);
  if (Array.isArray(sent) !== Array.isArray(kept) || keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && looksLike(one[key], other[key]));
}
