/** Every method of the contract, found in the generated code, so that a new service cannot be forgotten. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type DescMethod, type DescService, getOption, hasOption } from "@bufbuild/protobuf";
import { policy, type Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";

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

/** The scope a method declares; undefined when it forgot to. */
export function declaredScope(method: DescMethod): Scope | undefined {
  return hasOption(method, policy) ? getOption(method, policy).scope : undefined;
}

function isService(value: unknown): value is DescService {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "service";
}
