/** Every method of the contract, found in the generated code, so that a new service cannot be forgotten. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type DescMethod, type DescService, getOption, hasOption } from "@bufbuild/protobuf";
import { policy, Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";

const folder = join(import.meta.dirname, "../../gen/openclaw/gateway/v1");

/** Every method of every service, in the order of the files. */
export async function contractMethods(): Promise<DescMethod[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith("_service_pb.ts")).sort();
  const methods: DescMethod[] = [];
  for (const file of files) {
    const exports = Object.values((await import(join(folder, file))) as Record<string, unknown>);
    for (const service of exports.filter(isService)) methods.push(...service.methods);
  }
  return methods;
}

/** Who may call a method: who holds a scope, anybody with a credential, or just anybody. */
export type DeclaredAccess = Scope | "anybody" | "nobody";

/** What a method declares; undefined when it forgot to. */
export function declaredAccess(method: DescMethod): DeclaredAccess | undefined {
  const { scope, anonymous, anyCredential } = getOption(method, policy);
  if (!hasOption(method, policy)) return undefined;
  if (anonymous) return "nobody";
  if (anyCredential) return "anybody";
  return scope === Scope.UNSPECIFIED ? undefined : scope;
}

function isService(value: unknown): value is DescService {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "service";
}
