/** References to secrets: `{source: "env", id: "OPENAI_API_KEY"}` in the place of the secret itself. */

import type { KeyPath } from "../file/json5-source.ts";

/** Where a secret is kept. */
export interface SecretReference {
  readonly source: "env" | "file" | "exec";
  /** Key of `secrets.providers`; "default" when the reference names none. */
  readonly provider: string;
  /** Name of the variable, JSON pointer into the file, or what the program calls it. */
  readonly id: string;
}

/** An object that looks like a reference, and where it stands. */
export interface ReferencePlace {
  readonly path: KeyPath;
  readonly written: Readonly<Record<string, unknown>>;
}

const idFormats: Readonly<Record<SecretReference["source"], RegExp>> = {
  env: /^[A-Z][A-Z0-9_]{0,127}$/,
  file: /^(value|(\/([^~/]|~0|~1)*)+)$/,
  exec: /^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9][A-Za-z0-9._:/#-]{0,255}$/,
};

const idWords: Readonly<Record<SecretReference["source"], string>> = {
  env: "the name of a variable in upper case",
  file: 'a JSON pointer such as "/openai/apiKey", or "value" for the whole file',
  exec: "letters, digits and ._:/#-, without dot segments",
};

/** Every object that has a `source`, outside of `secrets` itself. */
export function findReferences(value: unknown, path: KeyPath = []): ReferencePlace[] {
  if (Array.isArray(value)) return value.flatMap((element, index) => findReferences(element, [...path, index]));
  if (typeof value !== "object" || value === null || (path.length === 1 && path[0] === "secrets")) return [];
  const object = value as Record<string, unknown>;
  if (Object.hasOwn(object, "source")) return [{ path, written: object }];
  return Object.entries(object).flatMap(([key, member]) => findReferences(member, [...path, key]));
}

/** The reference, or what is wrong with it. */
export function readReference({ written }: ReferencePlace): SecretReference | string {
  const { source, provider = "default", id, ...others } = written;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `is a secret reference with the unknown key ${JSON.stringify(unknown)}`;
  if (source !== "env" && source !== "file" && source !== "exec") {
    return 'is a secret reference whose source is not "env", "file" or "exec"';
  }
  if (typeof provider !== "string" || !/^[a-z][a-z0-9_-]{0,63}$/.test(provider)) {
    return "is a secret reference whose provider is no key of secrets.providers";
  }
  if (typeof id !== "string" || !idFormats[source].test(id)) {
    return `is a secret reference to ${JSON.stringify(source)}, whose id must be ${idWords[source]}`;
  }
  return { source, provider, id };
}
