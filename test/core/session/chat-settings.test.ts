/** How a session behaves on channels, set through the API. */

import { expect } from "chai";
import { CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";

const name = "sessions/main";

describe("the chat settings of a session", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("are set one by one, and taken back by a mask without a value", async () => {
    const { client } = await kits.open();
    await client.sessions.updateSession({ session: { name, chat: { send: "off", usage: "full" } } });
    await client.sessions.updateSession({ session: { name, chat: { queueMode: "collect" } } });
    const taken = await client.sessions.updateSession({ session: { name }, updateMask: { paths: ["chat.send"] } });
    expect(taken.session?.chat).to.include({ usage: "full", queueMode: "collect" });
    expect(taken.session?.chat?.send).to.equal(undefined);
  });

  it("take numbers for the queue, within bounds", async () => {
    const { client } = await kits.open();
    const { session } = await client.sessions.updateSession({
      session: { name, chat: { queueCap: 3, queueDebounceMs: 0 } },
    });
    expect(session?.chat).to.include({ queueCap: 3, queueDebounceMs: 0 });
    const error = await expectFailure(
      client.sessions.updateSession({ session: { name, chat: { queueCap: 0 } } }),
      "FIELD_INVALID",
    );
    expect(error.violations[0]?.description).to.contain("not between 1 and 1000");
  });

  it("are taken back all at once", async () => {
    const { client } = await kits.open();
    await client.sessions.updateSession({ session: { name, chat: { send: "off" } } });
    const { session } = await client.sessions.updateSession({ session: { name }, updateMask: { paths: ["chat"] } });
    expect(session?.chat).to.equal(undefined);
  });

  it("may be given with a new session", async () => {
    const { client } = await kits.open();
    const { session } = await client.sessions.createSession({ session: { chat: { activation: "always" } } });
    expect(session?.chat?.activation).to.equal("always");
  });

  it("outlive a reset", async () => {
    const { client } = await kits.open();
    await client.sessions.updateSession({ session: { name, chat: { usage: "tokens" } } });
    const { session } = await client.sessions.resetSession({ name });
    expect(session?.chat?.usage).to.equal("tokens");
  });

  for (const [field, chat] of [
    ["send", { send: "maybe" }],
    ["activation", { activation: "" }],
    ["usage", { usage: "all" }],
    ["queue_mode", { queueMode: "followup" }],
  ] as const) {
    it(`are refused when ${field} has a value nobody knows`, async () => {
      const { client } = await kits.open();
      const error = await expectFailure(client.sessions.updateSession({ session: { name, chat } }), "FIELD_INVALID");
      expect(error.violations[0]?.field).to.equal(`session.chat.${field}`);
    });
  }
});
