/** `openclaw tokens list`. */

import { toJson } from "@bufbuild/protobuf";
import { TokenSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { defineCommand } from "../command/command.ts";
import { pagingOptions, readPages } from "../link/paging.ts";
import { writeTable } from "../terminal/table.ts";
import { tokenColumns } from "./token-view.ts";

/** Lists named tokens. */
export const command = defineCommand({
  words: [],
  options: pagingOptions,
  details: `
Secrets are not shown: the gateway does not have them. The gateway's own token is not among them.`,
  examples: ["tokens list", "tokens list --json"],
  async run({ options, terminal, link, nowMs }) {
    const { access } = await link.client();
    const { items, nextPageToken } = await readPages(options, async (pageSize, pageToken) => {
      const page = await access.listTokens({ pageSize, pageToken });
      return { items: page.tokens, nextPageToken: page.nextPageToken };
    });
    if (terminal.json) {
      return terminal.document({ tokens: items.map((item) => toJson(TokenSchema, item)), nextPageToken });
    }
    if (items.length === 0) return terminal.note("no named tokens");
    writeTable(terminal, tokenColumns(terminal, nowMs), items);
    if (nextPageToken !== "") terminal.note(terminal.errorColors.dim("there are more: --limit, or --all"));
  },
});
