/** ConfigService: unpack the request, ask the configuration, pack the answer. */

import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Duration, durationMs, type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ConnectRouter, HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { ConfigService } from "../../../gen/openclaw/gateway/v1/config_service_pb.ts";
import type { ConfigTerms, Configuration } from "../../core/config/configuration.ts";
import { invalidField } from "../../core/errors.ts";
import { callerKey } from "../caller-key.ts";

const shortestConfirmMs = 1_000;
const longestConfirmMs = 3_600_000;
const maxNoteLength = 1_000;

/** Registers the service. */
export function registerConfig(router: ConnectRouter, configuration: Configuration): void {
  router.service(ConfigService, configService(configuration));
}

function configService(configuration: Configuration): ServiceImpl<typeof ConfigService> {
  return {
    async getConfig({ path, withDefaults }) {
      return { config: await configuration.get(path, withDefaults) };
    },
    getConfigSchema: ({ path }) => configuration.schema(path),
    updateConfig({ edits, mergePatch, force, ...request }, context) {
      const wanted = edits.map(({ path, value }) => ({ path, value: plainValue(value) }));
      return configuration.update({ ...terms(request, context), edits: wanted, mergePatch, force });
    },
    async confirmConfig({ revision }) {
      return { config: await configuration.confirm(revision) };
    },
    reloadConfig: () => configuration.reload(),
    listConfigRevisions: (request) => configuration.listRevisions(request),
    rollBackConfig: ({ name, ...request }, context) => configuration.rollBack(name, terms(request, context)),
  };
}

interface TermsRequest {
  readonly etag: string;
  readonly note: string;
  readonly validateOnly: boolean;
  readonly confirmWithin?: Duration | undefined;
}

function terms({ etag, note, validateOnly, confirmWithin }: TermsRequest, context: HandlerContext): ConfigTerms {
  if (note.length > maxNoteLength) throw invalidField("note", `is longer than ${maxNoteLength} characters`);
  const confirmWithinMs = confirmWithin && durationMs(confirmWithin);
  if (confirmWithinMs !== undefined && !(confirmWithinMs >= shortestConfirmMs && confirmWithinMs <= longestConfirmMs)) {
    throw invalidField("confirm_within", `is not between ${shortestConfirmMs / 1000} and ${longestConfirmMs / 1000} s`);
  }
  return { actor: context.values.get(callerKey).principal, etag, note, validateOnly, confirmWithinMs };
}

/** No value, and one that is none of its kinds, removes what is there; null is a value. */
function plainValue(value: Value | undefined): JsonValue | undefined {
  if (value === undefined || value.kind.case === undefined) return undefined;
  if (value.kind.case === "numberValue" && !Number.isFinite(value.kind.value)) {
    throw invalidField("edits", "hold a number JSON does not have");
  }
  return toJson(ValueSchema, value);
}
