import { expect } from "chai";
import { OriginGuard } from "../../../src/server/guard/origin-guard.ts";

const authority = "gateway.example:18789";

describe("OriginGuard", () => {
  const guard = new OriginGuard([
    "https://assistant.example",
    "https://Other.example:444/",
    "chrome-extension://abcdef",
  ]);
  const allows = (origin: string | undefined, secure = false) =>
    guard.headersFor({ origin, authority, secure }) !== undefined;

  it("lets calls without an origin in, and gives them no CORS headers", () => {
    const headers = guard.headersFor({ origin: undefined, authority, secure: false });
    expect(headers).to.have.property("x-content-type-options", "nosniff");
    expect(Object.keys(headers ?? {}).filter((name) => name.startsWith("access-control"))).to.deep.equal([]);
  });

  for (const origin of [
    "http://gateway.example:18789",
    "http://localhost:3000",
    "https://localhost",
    "http://127.0.0.1:5173",
    "http://[::1]:8080",
    "https://assistant.example",
    "https://other.example:444",
    "chrome-extension://abcdef",
  ]) {
    it(`lets ${origin} in and echoes it exactly`, () => {
      const headers = guard.headersFor({ origin, authority, secure: false });
      expect(headers).to.include({ "access-control-allow-origin": origin, vary: "Origin" });
    });
  }

  for (const origin of [
    "https://gateway.example:18789",
    "http://gateway.example",
    "http://gateway.example:18790",
    "http://evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "https://assistant.example.evil.example",
    "http://assistant.example",
    "https://other.example",
    "https://assistant.example/path",
    "file://localhost",
    "ftp://localhost",
    "null",
    "",
    "garbage",
    "chrome-extension://ghijkl",
  ]) {
    it(`refuses ${JSON.stringify(origin)}`, () => expect(allows(origin)).to.equal(false));
  }

  it("asks for https in an origin of its own when the connection is TLS", () => {
    expect(allows("https://gateway.example:18789", true)).to.equal(true);
    expect(allows("http://gateway.example:18789", true)).to.equal(false);
  });

  it("takes any origin when told so", () => {
    const open = new OriginGuard(["*"]);
    for (const origin of ["https://evil.example", "null"]) {
      expect(open.headersFor({ origin, authority, secure: false })).to.have.property(
        "access-control-allow-origin",
        origin,
      );
    }
  });
});
