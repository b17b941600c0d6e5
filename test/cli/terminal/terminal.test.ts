import { expect } from "chai";
import { programName } from "../../../src/cli/program-name.ts";
import { fakeTerminal } from "../../support/fake-streams.ts";

const text = "see: openclaw channels list";

describe("Terminal", () => {
  it("writes commands in its own words as they are typed here", () => {
    const { terminal, stdout, stderr } = fakeTerminal();
    terminal.tell(text);
    terminal.note(text);
    expect([stdout(), stderr()]).to.deep.equal(Array(2).fill(`see: ${programName()} channels list\n`));
  });

  it("leaves lines of a result as they are: others may have said them", () => {
    const { terminal, stdout } = fakeTerminal();
    terminal.line(text);
    expect(stdout()).to.equal(`${text}\n`);
  });
});
