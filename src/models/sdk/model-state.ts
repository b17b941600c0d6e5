/**
 * What a model wants back with a part it made: signatures, ids, encrypted thoughts.
 *
 * Kept as {"model": "provider/model", "options"?: {…}}. Only the model that wrote it gets it back: others refuse or ignore
 * a foreign signature.
 */

import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { SdkProviderOptions } from "./sdk-provider.ts";

/** Packs the state of a part; `options` may be empty. */
export function packState(model: string, options: SdkProviderOptions): JsonObject {
  if (Object.keys(options).length === 0) return { model };
  // Events carry undefined where a field is absent, which no JSON object may.
  return { model, options: JSON.parse(JSON.stringify(options)) };
}

/** True when this model wrote the state. */
export function isStateOf(state: JsonObject | undefined, model: string): boolean {
  return state?.model === model;
}

/** The options to send back, or undefined when there are none or another model wrote them. */
export function unpackState(state: JsonObject | undefined, model: string): SdkProviderOptions | undefined {
  if (!isStateOf(state, model)) return undefined;
  const options = state?.options;
  return isProviderOptions(options) ? options : undefined;
}

function isProviderOptions(value: JsonValue | undefined): value is SdkProviderOptions & JsonObject {
  return isObject(value) && Object.values(value).every(isObject);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
