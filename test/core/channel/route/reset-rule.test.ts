/** When a session begins anew by itself. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { SessionSchema } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import { defaultMessaging, type ResetRule } from "../../../../src/core/channel/channel-settings.ts";
import { resetReason, resetRuleFor } from "../../../../src/core/channel/route/reset-rule.ts";

const daily: ResetRule = { mode: "daily", atHour: 4, idleMinutes: 60 };
const at = (text: string): number => Date.parse(text);

function reason(
  rule: ResetRule,
  times: { start: string; spoken?: string; now: string; zone?: string; messages?: number },
) {
  const session = create(SessionSchema, {
    messageCount: times.messages ?? 2,
    generationTime: timestampFromMs(at(times.start)),
    ...(times.spoken === undefined ? {} : { interactionTime: timestampFromMs(at(times.spoken)) }),
  });
  return resetReason(session, rule, { nowMs: at(times.now), timeZone: times.zone ?? "UTC" });
}

describe("a daily reset", () => {
  for (const [start, now, due] of [
    ["2026-11-20T10:00Z", "2026-11-21T03:59Z", false],
    ["2026-11-20T10:00Z", "2026-11-21T04:00Z", true],
    ["2026-11-20T03:00Z", "2026-11-20T05:00Z", true],
    ["2026-11-20T05:00Z", "2026-11-20T23:00Z", false],
    ["2026-11-20T10:00Z", "2026-11-25T01:00Z", true],
  ] as const) {
    it(`is ${due ? "" : "not "}due at ${now} for a session begun at ${start}`, () => {
      expect(reason(daily, { start, now }) !== undefined).to.equal(due);
    });
  }

  it("goes by the clock on the wall, also on the day it is set back", () => {
    const zone = "Europe/Berlin";
    const start = "2026-10-24T10:00+02:00";
    expect(reason(daily, { start, now: "2026-10-25T03:59+01:00", zone })).to.equal(undefined);
    expect(reason(daily, { start, now: "2026-10-25T04:00+01:00", zone })).to.equal("daily reset at 4:00");
  });

  it("does not go by when somebody last wrote", () => {
    const times = { start: "2026-11-20T10:00Z", spoken: "2026-11-21T05:00Z", now: "2026-11-21T05:01Z" };
    expect(reason(daily, times)).not.to.equal(undefined);
  });
});

describe("an idle reset", () => {
  const idle: ResetRule = { mode: "idle", atHour: 4, idleMinutes: 30 };

  it("is due when nobody wrote for that long", () => {
    const times = { start: "2026-11-20T01:00Z", spoken: "2026-11-20T10:00Z" };
    expect(reason(idle, { ...times, now: "2026-11-20T10:29Z" })).to.equal(undefined);
    expect(reason(idle, { ...times, now: "2026-11-20T10:30Z" })).to.equal("nobody wrote for 30 minutes");
  });

  it("is due whichever comes first where both are set", () => {
    const both: ResetRule = { ...idle, mode: "both" };
    const start = "2026-11-20T03:50Z";
    expect(reason(both, { start, now: "2026-11-20T04:01Z" })).to.equal("daily reset at 4:00");
    expect(reason(both, { start: "2026-11-20T05:00Z", now: "2026-11-20T05:31Z" })).to.contain("30 minutes");
  });
});

describe("no reset", () => {
  it("is due where none is set, or nothing was said", () => {
    const times = { start: "2026-11-01T00:00Z", now: "2026-11-20T00:00Z" };
    expect(reason({ ...daily, mode: "none" }, times)).to.equal(undefined);
    expect(reason(daily, { ...times, messages: 0 })).to.equal(undefined);
  });
});

describe("the rule of a conversation", () => {
  const [byChannel, byKind, general] = [1, 2, 3].map((atHour): ResetRule => ({ ...daily, atHour }));
  const settings = {
    ...defaultMessaging,
    reset: general ?? daily,
    resetByKind: { thread: byKind },
    resetByChannel: { fake: byChannel ?? daily },
  };

  it("is its network's, else its kind's, else the general one", () => {
    expect(resetRuleFor({ network: "fake", kind: Kind.THREAD }, settings)).to.equal(byChannel);
    expect(resetRuleFor({ network: "other", kind: Kind.THREAD }, settings)).to.equal(byKind);
    expect(resetRuleFor({ network: "other", kind: Kind.GROUP }, settings)).to.equal(general);
  });
});
