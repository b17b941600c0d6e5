/** Reading transcripts. */

import { expect } from "chai";
import { Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { CreateRunRequest_QueueMode as QueueMode } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { hangs, says } from "../../support/scripted-model.ts";

const parent = "sessions/main";

describe("a transcript", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  async function append(kit: CoreKit, text: string): Promise<string> {
    const parts = [{ kind: { case: "text" as const, value: text } }];
    const { message } = await kit.client.sessions.appendMessage({ parent, message: { role: Role.USER, parts } });
    return message?.name ?? "";
  }

  /** Notes "0" to "n - 1"; returns their names. */
  async function appendMany(kit: CoreKit, count: number): Promise<string[]> {
    const names: string[] = [];
    for (let index = 0; index < count; index++) names.push(await append(kit, String(index)));
    return names;
  }

  async function page(kit: CoreKit, request: object): Promise<{ texts: string; next: string }> {
    const { messages, nextPageToken } = await kit.client.sessions.listMessages({ parent, ...request });
    const texts = messages.map((message) => message.parts[0]?.kind.value);
    return { texts: texts.join(" "), next: nextPageToken };
  }

  it("lists the newest first", async () => {
    const kit = await kits.open();
    await appendMany(kit, 5);
    expect(await page(kit, { pageSize: 3 })).to.deep.include({ texts: "4 3 2" });
  });

  it("pages through everything once while new messages arrive", async () => {
    const kit = await kits.open();
    await appendMany(kit, 7);
    const seen: string[] = [];
    let pageToken = "";
    do {
      const { texts, next } = await page(kit, { pageSize: 2, pageToken });
      seen.push(texts);
      pageToken = next;
      await append(kit, "late");
    } while (pageToken !== "");
    expect(seen).to.deep.equal(["6 5", "4 3", "2 1", "0"]);
  });

  it("has no further page after exactly a full one", async () => {
    const kit = await kits.open();
    await appendMany(kit, 2);
    expect(await page(kit, { pageSize: 2 })).to.deep.equal({ texts: "1 0", next: "" });
  });

  it("reads in the order the agent saw things, waiting messages at the end", async () => {
    const kit = await kits.open();
    let resume = (): void => {};
    const gate = new Promise<void>((resolve) => (resume = resolve));
    kit.model.script(async function* (request, signal) {
      await gate;
      yield* says("answer one")(request, signal);
    }, says("answer two"));
    await kit.send("one");
    const { run } = await kit.send("two", { queueMode: QueueMode.FOLLOW_UP });
    await append(kit, "note");
    expect((await page(kit, {})).texts).to.equal("two note one");
    resume();
    await kit.ended(run?.name ?? "");
    expect((await page(kit, {})).texts).to.equal("answer two two answer one note one");
  });

  it("marks a message pending until an agent sees it", async () => {
    const kit = await kits.open();
    kit.model.script(hangs());
    await kit.send("one");
    const { message: name } = await kit.send("two", { queueMode: QueueMode.FOLLOW_UP });
    const { message: waiting } = await kit.client.sessions.getMessage({ name });
    expect(waiting?.pending).to.equal(true);
  });

  it("centres a page on a message", async () => {
    const kit = await kits.open();
    const names = await appendMany(kit, 9);
    const { texts, next } = await page(kit, { around: names[4], pageSize: 5 });
    expect(texts).to.equal("6 5 4 3 2");
    expect(await page(kit, { pageSize: 5, pageToken: next })).to.deep.equal({ texts: "1 0", next: "" });
  });

  it("centres a page near the newest message", async () => {
    const kit = await kits.open();
    const names = await appendMany(kit, 5);
    expect((await page(kit, { around: names[4], pageSize: 3 })).texts).to.equal("4 3 2");
    expect((await page(kit, { around: names[0], pageSize: 3 })).texts).to.equal("1 0");
    expect((await page(kit, { around: names[2], pageSize: 1 })).texts).to.equal("2");
  });

  it("centres on a message of an earlier generation in its own", async () => {
    const kit = await kits.open();
    const names = await appendMany(kit, 3);
    await kit.client.sessions.resetSession({ name: parent });
    await append(kit, "new");
    expect((await page(kit, { around: names[1], pageSize: 10 })).texts).to.equal("2 1 0");
    expect((await page(kit, {})).texts).to.equal("new");
    expect((await page(kit, { generation: 1, pageSize: 2 })).texts).to.equal("2 1");
  });

  it("stays in its generation on the pages that follow", async () => {
    const kit = await kits.open();
    await appendMany(kit, 3);
    const { next } = await page(kit, { pageSize: 1 });
    await kit.client.sessions.resetSession({ name: parent });
    expect((await page(kit, { pageToken: next })).texts).to.equal("1 0");
  });

  it("refuses a page token together with another generation than its own", async () => {
    const kit = await kits.open();
    await appendMany(kit, 3);
    await kit.client.sessions.resetSession({ name: parent });
    await append(kit, "new");
    const { next: pageToken } = await page(kit, { generation: 1, pageSize: 1 });
    await expectFailure(page(kit, { generation: 2, pageToken }), "FIELD_INVALID");
    expect((await page(kit, { generation: 1, pageToken })).texts).to.equal("1 0");
  });

  it("ends a page before 3 MiB, whatever the letters", async () => {
    const kit = await kits.open();
    for (let count = 0; count < 6; count++) await append(kit, "語".repeat(300_000));
    const seen: number[] = [];
    let pageToken = "";
    do {
      const response = await kit.client.sessions.listMessages({ parent, pageToken });
      expect(response.messages.length).to.be.within(1, 3);
      seen.push(response.messages.length);
      pageToken = response.nextPageToken;
    } while (pageToken !== "");
    expect(seen.reduce((sum, count) => sum + count)).to.equal(6);
  });

  it("refuses around together with a page token, of another session, or of nothing", async () => {
    const kit = await kits.open();
    const [first] = await appendMany(kit, 3);
    const { next: pageToken } = await page(kit, { pageSize: 1 });
    await expectFailure(page(kit, { around: first, pageToken }), "FIELD_INVALID");
    const other = await kit.newSession("other");
    await expectFailure(page(kit, { parent: other, around: first }), "FIELD_INVALID");
    await expectFailure(page(kit, { around: `${parent}/messages/x` }), "NOT_FOUND");
    await expectFailure(page(kit, { parent: other, pageToken }), "FIELD_INVALID");
  });

  it("gets one message whole", async () => {
    const kit = await kits.open();
    const name = await append(kit, "x".repeat(1_048_576));
    const { message } = await kit.client.sessions.getMessage({ name });
    expect(message?.parts[0]?.kind.value).to.have.length(1_048_576);
    await expectFailure(kit.client.sessions.getMessage({ name: `${parent}/messages/x` }), "NOT_FOUND");
  });
});
