import { expect } from "chai";
import { Failure } from "../../../src/core/errors.ts";
import { requireSafeBind } from "../../../src/server/guard/safe-bind.ts";
import type { ServerAuth } from "../../../src/server/server-options.ts";

const none: ServerAuth = { mode: "none" };
const token: ServerAuth = { mode: "token", secret: "s3cret" };

describe("requireSafeBind", () => {
  it("allows no authentication on loopback", () => {
    requireSafeBind(["127.0.0.1", "::1", "127.0.0.2", "::ffff:127.0.0.1"], none);
  });

  for (const host of ["0.0.0.0", "::", "192.0.2.1", "100.64.0.7", "2001:db8::1"]) {
    it(`refuses ${host} without authentication, even beside loopback`, () => {
      expect(() => requireSafeBind(["127.0.0.1", host], none)).to.throw(Failure, host);
    });

    it(`allows ${host} with a token`, () => requireSafeBind([host], token));
  }

  for (const mode of ["token", "password"] as const) {
    for (const secret of [undefined, "", "  "]) {
      it(`refuses mode ${mode} with the secret ${JSON.stringify(secret)}, on loopback too`, () => {
        expect(() => requireSafeBind(["127.0.0.1"], { mode, secret })).to.throw(Failure, `there is no ${mode}`);
      });
    }
  }

  it("refuses names: what they resolve to may change", () => {
    expect(() => requireSafeBind(["localhost"], token)).to.throw(Failure, "not an IP address");
  });

  it("refuses to listen nowhere", () => {
    expect(() => requireSafeBind([], token)).to.throw(Failure, "no address");
  });
});
