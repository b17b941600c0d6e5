import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { PairingRequestSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { command } from "../../../src/cli/devices/list.ts";

describe("openclaw devices list", () => {
  it("shows a device that asks after a page full of senders", async () => {
    const sender = create(PairingRequestSchema, { code: "S", subject: { case: "sender", value: {} } });
    const device = create(PairingRequestSchema, { code: "D", subject: { case: "device", value: {} } });
    const access = {
      listPairingRequests: async ({ pageToken = "" }) =>
        pageToken === ""
          ? { pairingRequests: [sender], nextPageToken: "next" }
          : { pairingRequests: [device], nextPageToken: "" },
      listDevices: async () => ({ devices: [], nextPageToken: "" }),
    };
    const shown: { pairingRequests?: { code: string }[] }[] = [];
    await command.run({
      options: { limit: 20, all: false, "page-token": undefined },
      terminal: { json: true, document: (value: object) => shown.push(value) },
      link: { client: async () => ({ access }) },
      nowMs: 0,
    } as unknown as Parameters<typeof command.run>[0]);
    expect(shown[0]?.pairingRequests?.map(({ code }) => code)).to.deep.equal(["D"]);
  });
});
