/** Changing sessions: masks, etags, archive and pin. */

import { expect } from "chai";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { type CoreKit, CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";

const name = "sessions/a";

describe("updating a session", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  async function openOne(): Promise<CoreKit> {
    const kit = await kits.open();
    const session = {
      title: "Old",
      labels: { old: "1" },
      settings: { model: "test/one", thinking: "low", maxOutputTokens: 5 },
    };
    await kit.client.sessions.createSession({ sessionId: "a", session });
    return kit;
  }

  async function update(kit: CoreKit, session: object, ...paths: string[]): Promise<Session> {
    const request = { session: { name, ...session }, updateMask: { paths } };
    const { session: updated } = await kit.client.sessions.updateSession(request);
    if (updated === undefined) throw new Error("no session in the response");
    const { session: read } = await kit.client.sessions.getSession({ name });
    expect(read).to.deep.equal(updated);
    return updated;
  }

  it("changes only what the mask names", async () => {
    const kit = await openOne();
    const session = await update(kit, { title: "New", labels: { new: "1" }, pinned: true }, "title");
    expect(session).to.include({ title: "New", pinned: false });
    expect(session.labels).to.deep.equal({ old: "1" });
  });

  it("clears what the mask names and the request leaves out", async () => {
    const kit = await openOne();
    const session = await update(kit, {}, "title", "labels", "settings.thinking");
    expect(session.title).to.equal("");
    expect(session.labels).to.deep.equal({});
    expect(session.settings).to.include({ model: "test/one", maxOutputTokens: 5 });
    expect(session.settings?.thinking).to.equal(undefined);
  });

  it("clears all settings with the mask settings", async () => {
    const kit = await openOne();
    expect((await update(kit, {}, "settings")).settings).to.equal(undefined);
  });

  it("changes every set field when the mask is empty", async () => {
    const kit = await openOne();
    const session = await update(kit, { title: "New", settings: { thinking: "high" } });
    expect(session.title).to.equal("New");
    expect(session.labels).to.deep.equal({ old: "1" });
    expect(session.settings).to.include({ model: "test/one", thinking: "high", maxOutputTokens: 5 });
  });

  for (const path of ["name", "etag", "generation", "agent", "settings.nothing", "titel"]) {
    it(`refuses the mask path ${path}`, async () => {
      const kit = await openOne();
      const error = await expectFailure(update(kit, {}, path), "FIELD_INVALID");
      expect(error.violations[0]?.field).to.equal("update_mask");
    });
  }

  it("moves the etag on with every change", async () => {
    const kit = await openOne();
    const { session: before } = await kit.client.sessions.getSession({ name });
    const after = await update(kit, { title: "New" });
    expect(after.etag).not.to.equal(before?.etag);
  });

  it("moves the etag on when the transcript changes", async () => {
    const kit = await openOne();
    const { session: before } = await kit.client.sessions.getSession({ name });
    await kit.ask("hello", { parent: name });
    const { session: after } = await kit.client.sessions.getSession({ name });
    expect(after?.etag).not.to.equal(before?.etag);
  });

  it("accepts the current etag and refuses an old one, telling the current", async () => {
    const kit = await openOne();
    const { session: first } = await kit.client.sessions.getSession({ name });
    const second = await update(kit, { etag: first?.etag, title: "2" });
    const error = await expectFailure(update(kit, { etag: first?.etag, title: "3" }), "ETAG_MISMATCH");
    expect(error.metadata).to.deep.equal({ name, current_etag: second.etag });
  });

  it("lets one of two writers with the same etag win", async () => {
    const kit = await openOne();
    const { session } = await kit.client.sessions.getSession({ name });
    const write = (title: string) =>
      kit.client.sessions.updateSession({ session: { name, etag: session?.etag, title } });
    const outcomes = await Promise.allSettled(["x", "y", "z"].map(write));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
  });

  it("takes the pin away when it archives", async () => {
    const kit = await openOne();
    await update(kit, { pinned: true });
    expect(await update(kit, { archived: true })).to.include({ archived: true, pinned: false });
  });

  it("takes the pin away even when the same request sets it", async () => {
    const kit = await openOne();
    expect(await update(kit, { archived: true, pinned: true })).to.include({ archived: true, pinned: false });
  });

  it("brings an archived session back with the mask, and when somebody writes to it", async () => {
    const kit = await openOne();
    await update(kit, { archived: true });
    expect(await update(kit, {}, "archived")).to.include({ archived: false });
    await update(kit, { archived: true });
    await kit.ask("hello", { parent: name });
    const { session } = await kit.client.sessions.getSession({ name });
    expect(session?.archived).to.equal(false);
  });

  it("refuses to archive sessions/main", async () => {
    const { client } = await kits.open();
    const session = { name: "sessions/main", archived: true };
    await expectFailure(client.sessions.updateSession({ session }), "PROTECTED");
  });

  it("refuses values that are out of range and changes nothing", async () => {
    const kit = await openOne();
    await expectFailure(update(kit, { title: "x".repeat(257) }), "FIELD_INVALID");
    await expectFailure(update(kit, { title: "New", settings: { maxOutputTokens: 1_000_001 } }), "FIELD_INVALID");
    const { session } = await kit.client.sessions.getSession({ name });
    expect(session?.title).to.equal("Old");
  });

  it("refuses a request without a session and one for a session that is not there", async () => {
    const { client } = await kits.open();
    await expectFailure(client.sessions.updateSession({}), "FIELD_INVALID");
    await expectFailure(client.sessions.updateSession({ session: { name: "sessions/x", title: "X" } }), "NOT_FOUND");
  });
});
