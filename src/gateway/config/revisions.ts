/** Pages of the configuration's history. */

import type { ConfigDocument } from "../../config/document/config-document.ts";
import { diffOfRevision } from "../../config/history/revision-diff.ts";
import type { RevisionPage } from "../../core/config/configuration.ts";
import { pageKey, pageSize } from "../../core/paging.ts";
import { encodePageToken } from "../../lib/page-token.ts";
import { describeRevision } from "./config-words.ts";

/** Diffs take long and much room: a page with them is short. */
const maxDiffs = 20;

const query = "config/revisions";

/** What is asked for. */
export interface RevisionQuery {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly withDiff: boolean;
}

/** The page, newest first; `etag` is that of what is on the disk. */
export async function pageOfRevisions(
  document: ConfigDocument,
  etag: string,
  { pageSize: asked, pageToken, withDiff }: RevisionQuery,
): Promise<RevisionPage> {
  const [before] = pageKey(pageToken, query, ["number"]) ?? [];
  const size = Math.min(pageSize(asked), withDiff ? maxDiffs : Number.POSITIVE_INFINITY);
  const kept = await document.revisions.numbers();
  const numbers = kept.filter((number) => before === undefined || number < Number(before)).reverse();
  const shown = numbers.slice(0, size);
  const revisions = [];
  for (const number of shown) {
    const revision = await document.revisions.find(number);
    if (revision === undefined) continue;
    const diff = withDiff ? await diffOfRevision(document, revision) : "";
    revisions.push(describeRevision(revision, { current: revision.etag === etag && number === kept.at(-1), diff }));
  }
  const last = numbers.length > size ? shown.at(-1) : undefined;
  return { revisions, nextPageToken: last === undefined ? "" : encodePageToken(query, [last]) };
}
