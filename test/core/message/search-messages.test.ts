/** Searching what people and agents said. */

import { expect } from "chai";
import { Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { FillableDisk } from "../../support/fillable-store.ts";
import { hangs, says } from "../../support/scripted-model.ts";

describe("searching messages", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  async function append(kit: CoreKit, value: string, parent = "sessions/main"): Promise<void> {
    const message = { role: Role.USER, parts: [{ kind: { case: "text" as const, value } }] };
    await kit.client.sessions.appendMessage({ parent, message });
  }

  async function search(kit: CoreKit, query: string, filter = ""): Promise<string[]> {
    const { hits } = await kit.client.sessions.searchMessages({ query, filter });
    return hits.map(({ message }) => String(message?.parts[0]?.kind.value));
  }

  it("finds messages that hold every word, in any case and without diacritics", async () => {
    const kit = await kits.open();
    await append(kit, "Träume über Äpfel");
    await append(kit, "only äpfel");
    expect(await search(kit, "apfel TRAUME")).to.deep.equal(["Träume über Äpfel"]);
  });

  it("keeps quoted words together", async () => {
    const kit = await kits.open();
    await append(kit, "the red house");
    await append(kit, "the house is red");
    expect(await search(kit, '"red house"')).to.deep.equal(["the red house"]);
  });

  it("takes operators of the index for words", async () => {
    const kit = await kits.open();
    await append(kit, "NOT here OR there* (text:x) ^y");
    expect(await search(kit, "NOT here OR there* (text:x) ^y")).to.have.length(1);
    expect(await search(kit, "ther*")).to.deep.equal([]);
  });

  it("finds what the agent said, all generations, and the place of the match", async () => {
    const kit = await kits.open();
    kit.model.script(says("the weather in Lisbon"));
    await kit.ask("hello");
    await kit.client.sessions.resetSession({ name: "sessions/main" });
    const { hits } = await kit.client.sessions.searchMessages({ query: "lisbon" });
    expect(hits[0]?.message).to.include({ role: Role.ASSISTANT, generation: 1 });
    expect(hits[0]?.snippet).to.equal("the weather in \u0002Lisbon\u0003");
  });

  it("filters by session and role", async () => {
    const kit = await kits.open();
    const other = await kit.newSession("other");
    kit.model.script(says("pear there"));
    await kit.ask("pear here", { parent: other });
    await append(kit, "pear main");
    expect(await search(kit, "pear", 'session = "sessions/main"')).to.deep.equal(["pear main"]);
    expect(await search(kit, "pear", "role = ASSISTANT")).to.deep.equal(["pear there"]);
    expect(await search(kit, "pear", "role = USER AND session = sessions/other")).to.deep.equal(["pear here"]);
  });

  it("pages through every match once", async () => {
    const kit = await kits.open();
    for (let index = 0; index < 5; index++) await append(kit, `pear ${index}`);
    const seen: unknown[] = [];
    let pageToken = "";
    do {
      const response = await kit.client.sessions.searchMessages({ query: "pear", pageSize: 2, pageToken });
      seen.push(...response.hits.map(({ message }) => message?.parts[0]?.kind.value));
      pageToken = response.nextPageToken;
    } while (pageToken !== "");
    expect(seen).to.have.members(["pear 0", "pear 1", "pear 2", "pear 3", "pear 4"]);
  });

  it("ends a page of long messages before 3 MiB and goes on with the next", async () => {
    const kit = await kits.open();
    for (let index = 0; index < 5; index++) await append(kit, `pear ${"x".repeat(1_000_000)}`);
    let found = 0;
    let pageToken = "";
    do {
      const response = await kit.client.sessions.searchMessages({ query: "pear", pageToken });
      expect(response.hits.length).to.be.within(1, 3);
      found += response.hits.length;
      pageToken = response.nextPageToken;
    } while (pageToken !== "");
    expect(found).to.equal(5);
  });

  it("finds a message that still waits", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    await kit.send("first");
    await kit.send("a waiting pear");
    expect(await search(kit, "pear")).to.deep.equal(["a waiting pear"]);
  });

  it("finds what is not indexed yet while the disk takes no changes", async () => {
    const disk = new FillableDisk();
    const kit = await kits.open({ wrapStore: disk.wrap });
    await append(kit, "a pear");
    disk.full = true;
    expect(await search(kit, "pear")).to.deep.equal(["a pear"]);
    disk.full = false;
  });

  it("refuses a query without words, other filters and a token of another query", async () => {
    const kit = await kits.open();
    for (const query of ["", "  ", '""', "?!"]) await expectFailure(search(kit, query), "FIELD_INVALID");
    await expectFailure(search(kit, "pear", "generation = 1"), "FIELD_INVALID");
    await append(kit, "pear 1");
    await append(kit, "pear 2");
    const { nextPageToken } = await kit.client.sessions.searchMessages({ query: "pear", pageSize: 1 });
    const other = kit.client.sessions.searchMessages({ query: "apple", pageToken: nextPageToken });
    await expectFailure(other, "FIELD_INVALID");
  });
});
