/** What a failed call of connect-web says, as every client of the scenario tells it. */

import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import type { Finding } from "../scenario.ts";

/** Code, message and details; code OK when the call did not fail. */
export async function failureOf(calling: Promise<unknown>): Promise<Finding> {
  try {
    await calling;
    return { code: "OK" };
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    const [info] = error.findDetails(ErrorInfoSchema);
    const [wrong] = error.findDetails(BadRequestSchema);
    return {
      code: codeName(error.code),
      message: error.rawMessage,
      ...(info && { reason: info.reason, domain: info.domain, metadata: info.metadata }),
      ...(wrong && { fields: wrong.fieldViolations.map(({ field }) => field) }),
    };
  }
}

/** "NOT_FOUND" for Code.NotFound. */
function codeName(code: Code): string {
  const words = (Code[code] ?? "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_");
  return words.toUpperCase();
}
