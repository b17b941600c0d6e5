/** `openclaw clients list`. */

import { toJson } from "@bufbuild/protobuf";
import { type Client, ClientSchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { defineCommand } from "../command/command.ts";
import { readAll } from "../link/paging.ts";
import { ago } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { writeTable } from "../terminal/table.ts";

/** Lists the connections that are open now, oldest first; this command's own is among them. */
export const command = defineCommand({
  words: [],
  options: {
    principal: { kind: "text", value: "principal", help: "only connections of this principal" },
    limit: { kind: "number", value: "n", help: "at most this many; all when left out", min: 1, max: 100_000 },
  },
  async run({ options, terminal, link, nowMs }) {
    const { gateway } = await link.client();
    const open = await readAll(async (page) => {
      const { clients, nextPageToken } = await gateway.listClients(page);
      return { items: clients, nextPageToken };
    });
    const clients = open
      .filter((client) => options.principal === undefined || client.principal === options.principal)
      .slice(0, options.limit);
    if (terminal.json) return terminal.document({ clients: clients.map((client) => toJson(ClientSchema, client)) });
    if (clients.length === 0) return terminal.note("no clients");
    writeTable<Client>(
      terminal,
      [
        { title: "address", cell: (client) => client.remoteAddress, paint: terminal.colors.cyan },
        { title: "principal", cell: (client) => client.principal || "-" },
        { title: "protocol", cell: (client) => client.protocol },
        { title: "calls", cell: (client) => String(client.openCalls), right: true },
        { title: "since", cell: (client) => ago(client.connectTime, nowMs) },
        { title: "program", cell: (client) => plainLine(client.userAgent), shrinks: true },
      ],
      clients,
    );
  },
});
