import { expect } from "chai";
import { type Column, writePairs, writeTable } from "../../../src/cli/terminal/table.ts";
import { textWidth } from "../../../src/cli/terminal/text-width.ts";
import { fakeTerminal } from "../../support/fake-streams.ts";

interface Row {
  readonly name: string;
  readonly count: number;
  readonly note: string;
}
const columns: Column<Row>[] = [
  { title: "name", cell: (row) => row.name, shrinks: true },
  { title: "count", cell: (row) => String(row.count), right: true },
  { title: "note", cell: (row) => row.note, shrinks: true },
];

describe("writeTable", () => {
  it("aligns columns, numbers to the right, by their width on the screen", () => {
    const { terminal, stdout } = fakeTerminal();
    writeTable(terminal, columns, [
      { name: "数字", count: 5, note: "x" },
      { name: "plain", count: 1234567, note: "y" },
    ]);
    expect(stdout()).to.equal("NAME     COUNT  NOTE\n数字         5  x\nplain  1234567  y\n");
  });

  it("leaves out a column nobody fills", () => {
    const { terminal, stdout } = fakeTerminal();
    writeTable(terminal, columns, [{ name: "a", count: 1, note: "" }]);
    expect(stdout()).to.equal("NAME  COUNT\na         1\n");
  });

  it("fits a terminal by cutting the columns that may be cut", () => {
    const { terminal, stdout } = fakeTerminal({ columns: 40 });
    writeTable(terminal, columns, [{ name: "n".repeat(50), count: 1234567, note: "o".repeat(30) }]);
    const lines = stdout().trimEnd().split("\n");
    for (const line of lines) expect(textWidth(line)).to.be.at.most(40);
    expect(lines[1]).to.contain("1234567").and.to.match(/n…/).and.to.match(/o…/);
  });

  it("cuts nothing when its output is not read by a person", () => {
    const { terminal, stdout } = fakeTerminal();
    writeTable(terminal, columns, [{ name: "n".repeat(500), count: 1, note: "" }]);
    expect(stdout()).to.contain("n".repeat(500));
  });
});

describe("writePairs", () => {
  it("aligns values and leaves out what has none", () => {
    const { terminal, stdout } = fakeTerminal();
    writePairs(terminal, [
      ["name", "main"],
      ["title", ""],
      ["generation", "1"],
      ["parent", undefined],
    ]);
    expect(stdout()).to.equal("name        main\ngeneration  1\n");
  });
});
