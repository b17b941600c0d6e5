/** CareService: unpack the request, ask the core, pack the answer. */

import type { ServiceImpl } from "@connectrpc/connect";
import type { CareService } from "../../../gen/openclaw/gateway/v1/care_service_pb.ts";
import type { Care } from "../../core/care/care.ts";

/** Checks and backups over the wire. */
export function careService(care: Care): ServiceImpl<typeof CareService> {
  return {
    async *diagnose({ checks, deep, repair }, { signal }) {
      const results = care.checkup.diagnose({ checks, deep, repair, signal });
      for await (const { check, findings } of results) yield { check, findings: [...findings] };
    },
    async *createBackup({ withoutWorkspace }, { signal }) {
      for await (const frame of care.backups.create({ workspace: !withoutWorkspace, signal })) yield { frame };
      // A deadline that passed is no end of the stream: say so.
      signal.throwIfAborted();
    },
  };
}
