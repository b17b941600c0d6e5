/** Text that is too long. */

import { expect } from "chai";
import { cutText } from "../../../src/lib/text/cut-text.ts";

describe("cutText", () => {
  it("leaves what is short enough", () => {
    expect(cutText("four", 4)).to.equal("four");
  });

  it("marks where it cut", () => {
    expect(cutText("fours", 4)).to.equal("four …");
  });
});
