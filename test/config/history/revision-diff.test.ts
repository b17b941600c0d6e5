/** What people see of what changed between revisions, over all files of a configuration. */

import { expect } from "chai";
import { diffOfRevision } from "../../../src/config/history/revision-diff.ts";
import { RevisionStore } from "../../../src/config/history/revision-store.ts";
import { ConfigHome } from "../config-home.ts";

describe("diffOfRevision", () => {
  it("says nothing of a secret that another file goes over and nobody changed", async () => {
    const home = new ConfigHome();
    try {
      const revisions = new RevisionStore(home.path);
      const place = { path: "/home/ada/main.json", revisions, surroundings: { environment: {}, home: "/home/ada" } };
      const base = { path: "base.json", text: '{ gateway: { auth: { token: "old-secret" } } }\n' };
      const facts = { etag: "e", timeMs: 1, author: "ada", note: "" };
      const main = (token: string) => `{ $include: "base.json", gateway: { auth: { token: "${token}" } } }\n`;
      await revisions.add(facts, [{ path: "main.json", text: main("one-secret") }, base]);
      const after = await revisions.add(facts, [{ path: "main.json", text: main("another-secret") }, base]);
      const diff = await diffOfRevision(place, after);
      expect(diff).to.contain("main.json").and.not.to.contain("base.json (");
      expect(diff)
        .to.contain("(secret, after the change)")
        .and.not.to.match(/(one|old|another)-secret/);
    } finally {
      home.remove();
    }
  });
});
