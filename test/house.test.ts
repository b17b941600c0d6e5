/** The house rules (layout, floors, sizes, names, comments), kept by this repository. */

import { resolve } from "node:path";
import { expect } from "chai";
import { houseRules } from "./house/rules.ts";
import { readFiles, type SourceTree, TreeParser } from "./house/source-tree.ts";
import { formatViolation } from "./house/violation.ts";

describe("the house", () => {
  let parser: TreeParser;
  let tree: SourceTree;

  before(() => {
    parser = new TreeParser();
    tree = parser.parse(readFiles(resolve(import.meta.dirname, "..")));
  });
  after(() => parser.close());

  for (const [sentence, check] of Object.entries(houseRules)) {
    it(sentence, () => {
      expect(check(tree).map(formatViolation)).to.deep.equal([]);
    });
  }
});
