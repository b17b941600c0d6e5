/** Asserts that a call fails, and how. */

import { expect } from "chai";
import { type GatewayError, gatewayErrorFrom } from "../../src/client/gateway-error.ts";

/** The error a call failed with, after checking its reason. */
export async function expectFailure(call: Promise<unknown>, reason: string): Promise<GatewayError> {
  try {
    await call;
  } catch (thrown) {
    const error = gatewayErrorFrom(thrown);
    expect(error.reason, error.message).to.equal(reason);
    return error;
  }
  return expect.fail(`the call succeeded, but was to fail with ${reason}`);
}
