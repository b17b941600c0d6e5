import { expect } from "chai";
import { Delta_Channel } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { RunText, type TextChange } from "../../src/client/run-text.ts";

const text = (block: number, offset: number, words: string, draft = 1) => ({
  block,
  channel: Delta_Channel.TEXT,
  offset: BigInt(offset),
  text: words,
  draft,
});
const kinds = (run: RunText, ...deltas: ReturnType<typeof text>[]): TextChange["kind"][] =>
  deltas.map((delta) => run.apply(delta).kind);

describe("RunText", () => {
  it("appends a delta that begins where the block ends", () => {
    const run = new RunText();
    expect(kinds(run, text(0, 0, "hello"), text(0, 5, " world"))).to.deep.equal(["append", "append"]);
    expect(run.text(Delta_Channel.TEXT)).to.equal("hello world");
  });

  it("counts offsets in bytes of UTF-8", () => {
    const run = new RunText();
    run.apply(text(0, 0, "😀é"));
    expect(run.apply(text(0, 6, "!")).kind).to.equal("append");
    expect(run.held()).to.deep.equal([{ block: 0, draft: 1, bytes: 7n }]);
  });

  it("ignores a repeat", () => {
    const run = new RunText();
    expect(kinds(run, text(0, 0, "abc"), text(0, 3, "def"), text(0, 3, "def"), text(0, 0, "abc"))).to.deep.equal([
      "append",
      "append",
      "repeat",
      "repeat",
    ]);
    expect(run.text(Delta_Channel.TEXT)).to.equal("abcdef");
  });

  it("adds only the rest of a snapshot that continues what is held", () => {
    const run = new RunText();
    run.apply(text(0, 0, "abc"));
    expect(run.apply(text(0, 0, "abcdef"))).to.include({ kind: "append", text: "def" });
    expect(run.held()[0]?.bytes).to.equal(6n);
  });

  it("replaces the block and drops later ones when a snapshot says something else", () => {
    const run = new RunText();
    run.apply(text(0, 0, "abc"));
    run.apply(text(1, 0, "later"));
    expect(run.apply(text(0, 0, "xyz"))).to.include({ kind: "replace", text: "xyz" });
    expect(run.blocks().map((block) => block.text)).to.deep.equal(["xyz"]);
  });

  it("drops a block and every later one when another draft begins, and keeps the earlier ones", () => {
    const run = new RunText();
    for (const [block, words] of ["zero", "one", "two"].entries()) run.apply(text(block, 0, words));
    expect(run.apply(text(1, 0, "uno", 2))).to.include({ kind: "replace", text: "uno" });
    expect(run.blocks().map((block) => block.text)).to.deep.equal(["zero", "uno"]);
    expect(run.held().map((block) => block.draft)).to.deep.equal([1, 2]);
  });

  it("reports a gap and holds nothing it did not read", () => {
    const run = new RunText();
    expect(run.apply(text(0, 4, "late")).kind).to.equal("gap");
    run.apply(text(0, 0, "abc"));
    expect(run.apply(text(0, 9, "late")).kind).to.equal("gap");
    expect(run.apply(text(0, 2, "late", 2)).kind).to.equal("gap");
    expect(run.held()).to.deep.equal([]);
  });

  it("keeps channels apart", () => {
    const run = new RunText();
    run.apply({ ...text(0, 0, "hm"), channel: Delta_Channel.THINKING });
    run.apply(text(1, 0, "yes"));
    expect([run.text(Delta_Channel.THINKING), run.text(Delta_Channel.TEXT)]).to.deep.equal(["hm", "yes"]);
  });
});
