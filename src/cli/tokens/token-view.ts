/** Named tokens as people read them. */

import type { Token } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { lastPart } from "../link/names.ts";
import { scopeWords } from "../link/scopes.ts";
import { ago, ahead, unixMs } from "../terminal/moment.ts";
import type { Column } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Columns of a list of tokens. */
export function tokenColumns(terminal: Terminal, nowMs: number): Column<Token>[] {
  const { cyan, red } = terminal.colors;
  const hasExpired = ({ expireTime }: Token): boolean => expireTime !== undefined && unixMs(expireTime) <= nowMs;
  return [
    { title: "token", cell: (token) => lastPart(token.name), shrinks: true, paint: cyan },
    { title: "may", cell: (token) => scopeWords(token.scopes), shrinks: true },
    { title: "used", cell: (token) => (token.useTime === undefined ? "never" : ago(token.useTime, nowMs)) },
    {
      title: "ends",
      cell: (token) => (hasExpired(token) ? "expired" : ahead(token.expireTime, nowMs)),
      paint: (cell, token) => (hasExpired(token) ? red(cell) : cell),
    },
    { title: "made", cell: (token) => ago(token.createTime, nowMs) },
    { title: "by", cell: (token) => token.creator },
  ];
}
