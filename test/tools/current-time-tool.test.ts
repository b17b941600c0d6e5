import type { JsonObject } from "@bufbuild/protobuf";
import { expect } from "chai";
import { currentTimeTool } from "../../src/tools/current-time-tool.ts";
import { toolContext } from "../support/tool-kit.ts";

const summer = Date.UTC(2026, 6, 1, 22, 30, 5);
const winter = Date.UTC(2026, 0, 1, 22, 30, 5);

describe("current_time", () => {
  it("tells the time of the machine's zone", async () => {
    const context = toolContext({ nowMs: summer, timeZone: "Europe/Berlin" });
    expect(await currentTimeTool.call({}, context)).to.deep.equal({
      utc: "2026-07-01T22:30:05.000Z",
      timeZone: "Europe/Berlin",
      date: "2026-07-02",
      time: "00:30:05",
      weekday: "Thursday",
      utcOffset: "+02:00",
    });
  });

  it("tells the time of another zone, by its rules of that day", async () => {
    const context = toolContext({ nowMs: winter, timeZone: "UTC" });
    const inZone = (timeZone: string) => currentTimeTool.call({ timeZone }, context);
    expect(await inZone("Europe/Berlin")).to.deep.include({ time: "23:30:05", utcOffset: "+01:00" });
    expect(await inZone("Asia/Kolkata")).to.deep.include({ date: "2026-01-02", time: "04:00:05", utcOffset: "+05:30" });
    expect(await inZone("America/New_York")).to.deep.include({ weekday: "Thursday", utcOffset: "-05:00" });
    expect(await inZone("UTC")).to.deep.include({ utcOffset: "+00:00" });
  });

  it("takes an empty zone for none", async () => {
    const context = toolContext({ nowMs: winter, timeZone: "UTC" });
    expect(await currentTimeTool.call({ timeZone: " " }, context)).to.deep.include({ timeZone: "UTC" });
    expect(await currentTimeTool.call({ timeZone: null }, context)).to.deep.include({ timeZone: "UTC" });
  });

  const wrong: { readonly input: JsonObject; readonly says: string }[] = [
    {
      input: { timeZone: "Europe/Atlantis" },
      says: 'there is no time zone "Europe/Atlantis"; use an IANA name such as "Europe/Berlin", or leave timeZone out',
    },
    { input: { timeZone: 2 }, says: "timeZone must be text, not 2" },
    { input: { zone: "UTC" }, says: 'this tool has no field "zone"; it knows timeZone' },
  ];
  for (const { input, says } of wrong) {
    it(`refuses ${JSON.stringify(input)} and says what to do`, async () => {
      const outcome = await currentTimeTool.call(input, toolContext()).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(Error).with.property("message", says);
    });
  }
});
