/** Looking up channels in several guilds. */

import { expect } from "chai";
import { lookUp } from "../../../src/channels/discord/discord-directory.ts";
import type { DiscordRest } from "../../../src/channels/discord/rest/discord-rest.ts";

const channel = (id: string, name: string) => ({ id, name, type: 0 });

/** What Discord answers, by path. */
const answers: Readonly<Record<string, unknown>> = {
  "/users/@me/guilds": [
    { id: "1", name: "Big" },
    { id: "2", name: "Small" },
  ],
  "/guilds/1/channels": [channel("11", "noise"), channel("12", "random"), channel("13", "more")],
  "/guilds/2/channels": [channel("21", "kitchen")],
};

describe("the directory of discord", () => {
  it("finds a channel whatever guild it is in, however many others there are", async () => {
    const rest = { read: async (path: string) => answers[path] } as unknown as DiscordRest;
    const found = await lookUp(rest, { kind: "groups", query: "kitchen", limit: 2 });
    expect(found.map(({ title }) => title)).to.deep.equal(["#kitchen in Small"]);
    expect(await lookUp(rest, { kind: "groups", query: "", limit: 2 })).to.have.length(2);
  });
});
