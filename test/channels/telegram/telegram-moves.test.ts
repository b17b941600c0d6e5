/** Numbers of groups that became supergroups. */

import { expect } from "chai";
import { MovedGroups } from "../../../src/channels/telegram/telegram-moves.ts";
import { silentLog } from "../../../src/lib/log.ts";

describe("groups on Telegram that moved", () => {
  let cursor = "";
  const host = {
    log: silentLog,
    backfillCursor: async () => cursor,
    keepCursor: async (kept: string) => {
      cursor = kept;
    },
  };
  beforeEach(() => {
    cursor = "";
  });

  it("keep their first number, however often they move", async () => {
    const moves = await MovedGroups.load(host);
    await moves.note(-1, -2);
    await moves.note(-2, -3);
    const again = await MovedGroups.load(host);
    expect(again.numberNow(-1)).to.equal(-3);
    const message = { message_id: 1, date: 1, chat: { id: -3, type: "supergroup", title: "x" } };
    const update = { update_id: 1, message, callback_query: { id: "q", message } } as never;
    const before = again.asBefore(update);
    expect([before.message?.chat.id, before.callback_query?.message?.chat.id]).to.deep.equal([-1, -1]);
  });

  it("are none when the cursor is somebody else's", async () => {
    for (cursor of ["", "s72_cursor", "12", '{"a":1}', '[["a",1],[1]]']) {
      expect((await MovedGroups.load(host)).numberNow(-1), cursor).to.equal(-1);
    }
  });
});
