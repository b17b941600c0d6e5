import { expect } from "chai";
import { isWhole, makeSecret, secretLength } from "../../../src/lib/secret/checked-secret.ts";

const shape = { prefix: "abc_", randomBytes: 32 };

describe("a checked secret", () => {
  it("is its prefix, letters and digits, always as many", () => {
    for (let count = 0; count < 200; count += 1) {
      const secret = makeSecret(shape);
      expect(secret).to.match(/^abc_[A-Za-z0-9]{49}$/);
      expect(secret).to.have.length(secretLength(shape));
    }
  });

  it("is another one each time", () => {
    expect(new Set(Array.from({ length: 200 }, () => makeSecret(shape)))).to.have.lengthOf(200);
  });

  it("is whole as it was made", () => {
    for (const randomBytes of [16, 32]) {
      const made = { prefix: "x_", randomBytes };
      expect(isWhole(made, makeSecret(made))).to.be.true;
    }
  });

  it("is not whole when any of its characters was changed", () => {
    const secret = makeSecret(shape);
    for (let at = 0; at < secret.length; at += 1) {
      const other = secret[at] === "A" ? "B" : "A";
      expect(isWhole(shape, secret.slice(0, at) + other + secret.slice(at + 1)), String(at)).to.be.false;
    }
  });

  it("is not whole when it was cut, lengthened or turned around", () => {
    const secret = makeSecret(shape);
    for (const text of [
      secret.slice(0, -1),
      secret.slice(1),
      `${secret}A`,
      ` ${secret}`,
      [...secret].reverse().join(""),
      "",
    ]) {
      expect(isWhole(shape, text), JSON.stringify(text)).to.be.false;
    }
  });

  it("is not one of another shape", () => {
    expect(isWhole({ ...shape, prefix: "abd_" }, makeSecret(shape))).to.be.false;
    expect(isWhole({ ...shape, randomBytes: 16 }, makeSecret(shape))).to.be.false;
  });
});
