import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { maxRevisions, RevisionStore } from "../../../src/config/history/revision-store.ts";
import { ConfigHome, configErrorOf } from "../config-home.ts";

const facts = { etag: "e", timeMs: 1, author: "ada", note: "" };

describe("RevisionStore", function () {
  this.timeout(60_000);
  let home: ConfigHome;
  let store: RevisionStore;

  beforeEach(() => {
    home = new ConfigHome();
    store = new RevisionStore(home.path);
  });
  afterEach(() => home.remove());

  it("keeps files and who wrote them, counting from 1", async () => {
    await store.add(facts, []);
    const added = await store.add({ ...facts, note: "why" }, [{ path: "openclaw.json", text: "{}" }]);
    expect(added).to.deep.equal({ number: 2, ...facts, note: "why", files: [{ path: "openclaw.json", text: "{}" }] });
    expect(await store.find(2)).to.deep.equal(added);
    expect(await store.newest()).to.deep.equal(added);
  });

  it("drops the oldest beyond its bound, and goes on counting", async () => {
    for (let count = 0; count < maxRevisions + 2; count += 1) await store.add(facts, []);
    const numbers = await store.numbers();
    expect(numbers).to.have.length(maxRevisions);
    expect([numbers[0], numbers.at(-1)]).to.deep.equal([3, maxRevisions + 2]);
  });

  it("has nothing for a revision that is not there, or was damaged", async () => {
    await store.add(facts, []);
    writeFileSync(join(home.path, "config-history/00000001.json"), '{"etag": ');
    expect(await store.find(1)).to.equal(undefined);
    expect(await store.find(2)).to.equal(undefined);
  });

  it("tells a revision that cannot be read as what an operator can put right", async () => {
    const path = join(home.path, "config-history/00000001.json");
    mkdirSync(path, { recursive: true });
    expect(await configErrorOf(() => store.newest())).to.equal(
      `${path}: cannot be read (EISDIR); run as the user the gateway runs as`,
    );
  });

  it("knows who meant to write what is there after a crash, and only that", async () => {
    await store.intend({ ...facts, etag: "new" });
    expect((await store.intended("new"))?.author).to.equal("ada");
    expect(await store.intended("other")).to.equal(undefined);
  });
});
