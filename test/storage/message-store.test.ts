import { expect } from "chai";
import { type Message, Message_Role as Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import type { MessageQuery } from "../../src/core/message/message-table.ts";
import { migrations } from "../../src/storage/migrations/migrations.ts";
import { Connection } from "../../src/storage/sqlite/connection.ts";
import { migrate } from "../../src/storage/sqlite/migrate.ts";
import { makeMessage, makeSession, textPart } from "./support/resources.ts";
import { TemporaryStore } from "./support/temporary-store.ts";

const session = "sessions/a";

describe("messages on disk", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    await temporary.open();
    await temporary.store.transact(async (tables) => {
      await tables.sessions.insert(makeSession("a"));
      await tables.sessions.insert(makeSession("b"));
    });
  });

  afterEach(() => temporary.remove());

  const insert = (...messages: Message[]) =>
    temporary.store.transact(async (tables) => {
      for (const message of messages) await tables.messages.insert(message);
    });
  const update = (message: Message) => temporary.store.transact((tables) => tables.messages.update(message));
  const positions = async (query: Partial<MessageQuery>) => {
    const whole: MessageQuery = { session, generation: 1, order: "oldest", limit: 100, ...query };
    const messages = await temporary.store.read((tables) => tables.messages.list(whole));
    return messages.map((message) => Number(message.position));
  };

  it("gives back every field of what was inserted", async () => {
    const message = makeMessage(session, 2 ** 50 + 3, {
      role: Role.ASSISTANT,
      parts: [
        { kind: { case: "thinking", value: "hm" }, modelState: { signature: "x" } },
        textPart("naïve\u0000 text"),
        { kind: { case: "toolUse", value: { callId: "c1", tool: "clock", input: { zone: "UTC" } } } },
      ],
      pending: true,
      draft: 3,
      run: "sessions/a/runs/r1",
    });
    await insert(message);
    expect(await temporary.store.read((tables) => tables.messages.find(message.name))).to.deep.equal(message);
  });

  it("finds nothing under a name that is not there", async () => {
    await temporary.store.read(async ({ messages }) => {
      expect(await messages.find("sessions/a/messages/none")).to.equal(undefined);
      expect(await messages.find("sessions/none/messages/none")).to.equal(undefined);
      expect(await messages.find("nonsense")).to.equal(undefined);
    });
  });

  it("refuses two messages at one position", async () => {
    const second = makeMessage(session, 1, { name: `${session}/messages/other` });
    const error = await insert(makeMessage(session, 1), second).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
    expect(await positions({})).to.deep.equal([]);
  });

  it("refuses a message of a session that is not there", async () => {
    const error = await insert(makeMessage("sessions/none", 1)).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
  });

  it("pages by position from both ends", async () => {
    await insert(...[5, 1, 4, 2, 3].map((position) => makeMessage(session, position * 10)));
    await insert(makeMessage("sessions/b", 25));
    expect(await positions({ limit: 2 })).to.deep.equal([10, 20]);
    expect(await positions({ order: "newest", limit: 2 })).to.deep.equal([50, 40]);
    expect(await positions({ order: "newest", before: 40, limit: 2 })).to.deep.equal([30, 20]);
    expect(await positions({ from: 30, before: 50 })).to.deep.equal([30, 40]);
  });

  it("keeps generations apart", async () => {
    await insert(makeMessage(session, 1), makeMessage(session, 2, { generation: 2 }));
    expect(await positions({ generation: 1 })).to.deep.equal([1]);
    expect(await positions({ generation: 2 })).to.deep.equal([2]);
  });

  it("moves a message that gets its final position", async () => {
    const waiting = makeMessage(session, 100, { pending: true });
    await insert(waiting, makeMessage(session, 2));
    await update({ ...waiting, pending: false, position: 1n });
    expect(await positions({})).to.deep.equal([1, 2]);
  });

  describe("search", () => {
    const index = () => temporary.store.transact(({ messages }) => messages.index(1_000));
    const search = async (...terms: string[]) => {
      const hits = await temporary.store.read((tables) => tables.messages.search({ terms, offset: 0, limit: 50 }));
      return hits.map((hit) => Number(hit.message.position));
    };
    const say = (position: number, text: string, role: Role = Role.USER) =>
      makeMessage(session, position, { role, parts: [textPart(text)] });

    it("finds messages that hold every term, in any case and with or without diacritics", async () => {
      await insert(say(1, "Crème brûlée for dessert"), say(2, "creme only"), say(3, "DESSERT Creme"));
      expect(await search("creme")).to.have.members([1, 2, 3]);
      expect(await search("CRÈME", "dessert")).to.have.members([1, 3]);
    });

    it("wants the words of one term to stand together", async () => {
      await insert(say(1, "big red house"), say(2, "red big house"));
      expect(await search("big red")).to.deep.equal([1]);
    });

    it("takes nothing in a term for syntax", async () => {
      await insert(say(1, 'she said "AND" to NEAR OR NOT'), say(2, "text:word and stars"));
      expect(await search('"')).to.deep.equal([]);
      expect(await search('said "and"')).to.deep.equal([1]);
      expect(await search("near", "or", "not")).to.deep.equal([1]);
      expect(await search("text:word")).to.deep.equal([2]);
      expect(await search("star*")).to.deep.equal([]);
      expect(await search("^text", "(word", "-stars", "a'b")).to.deep.equal([]);
      expect(await search('" OR "stars')).to.deep.equal([]);
      expect(await search("st\u0000ars")).to.deep.equal([2]);
      expect(await search("!!!")).to.deep.equal([]);
      expect(await search()).to.deep.equal([]);
    });

    it("searches what users and assistants wrote, and neither thoughts nor tools", async () => {
      await insert(
        say(1, "walrus", Role.USER),
        say(2, "walrus", Role.ASSISTANT),
        say(3, "walrus", Role.SYSTEM),
        makeMessage(session, 4, {
          role: Role.TOOL,
          parts: [{ kind: { case: "toolResult", value: { callId: "c", tool: "t", text: "walrus" } } }],
        }),
        makeMessage(session, 5, { role: Role.ASSISTANT, parts: [{ kind: { case: "thinking", value: "walrus" } }] }),
      );
      expect(await search("walrus")).to.have.members([1, 2]);
    });

    it("marks the matching words of the snippet, and only those", async () => {
      await insert(say(1, "one \u0002fish\u0003 two fish"));
      const [hit] = await temporary.store.read(({ messages }) =>
        messages.search({ terms: ["two"], offset: 0, limit: 1 }),
      );
      expect(hit?.snippet).to.equal("one fish \u0002two\u0003 fish");
    });

    it("puts the best match first and the newest of equal ones before the others", async () => {
      await insert(say(1, "otter"), say(2, "otter"), say(3, `otter ${"filler ".repeat(50)}`));
      expect(await search("otter")).to.deep.equal([2, 1, 3]);
    });

    it("narrows by session and role and pages by offset", async () => {
      await insert(say(1, "seal"), say(2, "seal", Role.ASSISTANT));
      await insert(makeMessage("sessions/b", 3, { parts: [textPart("seal")] }));
      await temporary.store.read(async ({ messages }) => {
        const all = { terms: ["seal"], offset: 0, limit: 50 };
        const names = async (search: Parameters<typeof messages.search>[0]) =>
          (await messages.search(search)).map((hit) => hit.message.name);
        expect(await names({ ...all, session: "sessions/b" })).to.deep.equal(["sessions/b/messages/m00000003"]);
        expect(await names({ ...all, role: Role.ASSISTANT })).to.deep.equal(["sessions/a/messages/m00000002"]);
        const pages = [await names({ ...all, limit: 2 }), await names({ ...all, offset: 2 })];
        expect(pages.flat()).to.deep.equal(await names(all));
      });
    });

    it("follows a message whose text changes", async () => {
      await insert(say(1, "before"), say(2, ""));
      await update(say(1, "after"));
      await update(say(2, "filled"));
      expect(await search("before")).to.deep.equal([]);
      expect(await search("after")).to.deep.equal([1]);
      expect(await search("filled")).to.deep.equal([2]);
      await update(say(1, ""));
      expect(await search("after")).to.deep.equal([]);
      expect(await temporary.store.checkIntegrity()).to.deep.equal([]);
    });

    it("gives every match its own snippet", async () => {
      await insert(say(1, "a blue whale"), say(2, "a grey whale"));
      await index();
      const hits = await temporary.store.read(({ messages }) =>
        messages.search({ terms: ["whale"], offset: 0, limit: 9 }),
      );
      expect(hits.map(({ snippet }) => snippet)).to.deep.equal([
        "a grey \u0002whale\u0003",
        "a blue \u0002whale\u0003",
      ]);
    });

    it("finds what is indexed and what is not in one search, and marks both", async () => {
      await insert(say(1, "eel"), say(2, "eel eel"));
      await index();
      await insert(say(3, "eel"), say(4, "conger eel"));
      expect(await search("eel")).to.have.members([1, 2, 3, 4]);
      expect(await search("conger")).to.deep.equal([4]);
      const snippets = await temporary.store.read(async ({ messages }) => {
        const first = await messages.search({ terms: ["eel"], offset: 0, limit: 9 });
        const again = await messages.search({ terms: ["eel"], offset: 0, limit: 9 });
        expect(again).to.deep.equal(first);
        return first.map(({ snippet }) => snippet);
      });
      expect(snippets).to.have.length(4).and.include("conger \u0002eel\u0003");
      await index();
      expect(await search("eel")).to.have.members([1, 2, 3, 4]);
    });

    it("indexes a limited number at a time, each once", async () => {
      await insert(say(1, "crab"), say(2, ""), say(3, "crab"));
      const indexSome = () => temporary.store.transact(({ messages }) => messages.index(2));
      expect([await indexSome(), await indexSome(), await indexSome()]).to.deep.equal([2, 1, 0]);
      expect(await search("crab")).to.have.members([1, 3]);
      expect(await temporary.store.checkIntegrity()).to.deep.equal([]);
    });

    it("follows messages that were indexed and those that were not, when they go and others take their place", async () => {
      await insert(makeMessage("sessions/b", 1, { parts: [textPart("lobster")] }));
      await index();
      await insert(makeMessage("sessions/b", 2, { parts: [textPart("lobster")] }));
      await temporary.store.transact(({ sessions }) => sessions.delete("sessions/b"));
      await insert(say(3, "lobster"), say(4, "lobster"));
      expect(await search("lobster")).to.have.members([3, 4]);
      await update(say(3, "shrimp"));
      expect(await search("lobster")).to.deep.equal([4]);
      expect(await temporary.store.checkIntegrity()).to.deep.equal([]);
    });

    it("finds what was said before texts were indexed later", () => {
      const connection = new Connection(":memory:", "write");
      try {
        migrate(connection, migrations.slice(0, 6));
        connection.script(`
          INSERT INTO sessions VALUES (1, 's', 'a', 1, 0, 0, NULL, 0, 's', '{}', x'');
          INSERT INTO messages VALUES (7, 1, 'm', 1, 1, 1, x'', 'an old crayfish')`);
        migrate(connection, migrations);
        connection.script("INSERT INTO messages VALUES (8, 1, 'n', 1, 2, 1, x'', 'a new crayfish')");
        const found = "SELECT rowid AS number FROM message_text WHERE message_text MATCH 'crayfish'";
        expect(connection.all({ sql: found }, {})).to.deep.equal([{ number: 7 }]);
        connection.script("DELETE FROM messages; INSERT INTO message_text (message_text) VALUES ('integrity-check')");
        expect(connection.all({ sql: found }, {})).to.deep.equal([]);
      } finally {
        connection.close();
      }
    });

    it("forgets the text of a transaction that failed", async () => {
      await temporary.store
        .transact(async (tables) => {
          await tables.messages.insert(say(1, "ghost"));
          throw new Error("no");
        })
        .catch(() => {});
      expect(await search("ghost")).to.deep.equal([]);
    });
  });
});
