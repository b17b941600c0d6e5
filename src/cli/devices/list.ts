/** `openclaw devices list`. */

import { toJson } from "@bufbuild/protobuf";
import { DeviceSchema, PairingRequestSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { defineCommand } from "../command/command.ts";
import { pagingOptions, readAll, readPages } from "../link/paging.ts";
import { writeTable } from "../terminal/table.ts";
import { deviceColumns, requestColumns } from "./device-view.ts";

/** Lists who asks to be let in, and the devices that were. */
export const command = defineCommand({
  words: [],
  options: pagingOptions,
  details: `
First who asks to be let in, if anybody does, with the code to compare; then the devices that were.`,
  examples: ["devices list", "devices list --json"],
  async run({ options, terminal, link, nowMs }) {
    const { access } = await link.client();
    const waiting = await readAll(async (page) => {
      const answer = await access.listPairingRequests(page);
      return { items: answer.pairingRequests, nextPageToken: answer.nextPageToken };
    });
    const pairingRequests = waiting.filter(({ subject }) => subject.case === "device");
    const { items, nextPageToken } = await readPages(options, async (pageSize, pageToken) => {
      const page = await access.listDevices({ pageSize, pageToken });
      return { items: page.devices, nextPageToken: page.nextPageToken };
    });
    if (terminal.json) {
      return terminal.document({
        pairingRequests: pairingRequests.map((item) => toJson(PairingRequestSchema, item)),
        devices: items.map((item) => toJson(DeviceSchema, item)),
        nextPageToken,
      });
    }
    if (pairingRequests.length > 0) {
      writeTable(terminal, requestColumns(terminal, nowMs), pairingRequests);
      terminal.note(terminal.errorColors.dim("let one in with: openclaw devices approve <code>"));
      if (items.length > 0) terminal.line("");
    }
    if (items.length > 0) writeTable(terminal, deviceColumns(terminal, nowMs), items);
    else if (pairingRequests.length === 0) terminal.note("no devices");
    if (nextPageToken !== "") terminal.note(terminal.errorColors.dim("there are more: --limit, or --all"));
  },
});
