/** Answers that are given again. */

import { expect } from "chai";
import { RecentReads } from "../../../src/core/event/recent-reads.ts";
import { CoreKits } from "../../support/core-kit.ts";

describe("a page somebody looked at a moment ago", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  function pagesWithCommits() {
    const listeners: (() => void)[] = [];
    const pages = new RecentReads<number>({ onCommit: (listener) => listeners.push(() => listener([])) });
    const commit = (): void => {
      for (const tell of listeners) tell();
    };
    return { pages, commit };
  }

  it("is given again until something is committed", async () => {
    const { pages, commit } = pagesWithCommits();
    let reads = 0;
    const read = (): Promise<number> => pages.get("a", async () => ++reads);
    expect([await read(), await read()]).to.deep.equal([1, 1]);
    commit();
    expect([await read(), await read()]).to.deep.equal([2, 2]);
  });

  it("is not given for another question", async () => {
    const { pages } = pagesWithCommits();
    await pages.get("a", async () => 1);
    expect(await pages.get("b", async () => 2)).to.equal(2);
  });

  it("is forgotten when something was committed while it was read", async () => {
    const { pages, commit } = pagesWithCommits();
    const { promise, resolve } = Promise.withResolvers<number>();
    const slow = pages.get("a", () => promise);
    commit();
    resolve(1);
    expect(await slow).to.equal(1);
    expect(await pages.get("a", async () => 2)).to.equal(2);
  });

  it("is one of a few that are kept", async () => {
    const { pages } = pagesWithCommits();
    for (let page = 0; page < 20; page++) await pages.get(String(page), async () => page);
    expect(await pages.get("0", async () => -1)).to.equal(0);
    expect(await pages.get("19", async () => -1)).to.equal(-1);
  });

  it("shows every change of a session at once, and fails as before", async () => {
    const kit = await kits.open();
    const list = async (filter = "") => {
      const { sessions, cursor } = await kit.client.sessions.listSessions({ filter });
      return { titles: sessions.map(({ title }) => title), cursor };
    };
    const before = await list();
    expect(await list()).to.deep.equal(before);
    await kit.client.sessions.updateSession({ session: { name: "sessions/main", title: "new" } });
    const after = await list();
    expect(after.titles).to.deep.equal(["new"]);
    expect(after.cursor).not.to.equal(before.cursor);
    for (let tries = 0; tries < 2; tries++) {
      const failure = await list("nothing = 1").catch((error: Error) => error.message);
      expect(failure).to.contain("nothing");
    }
  });
});
