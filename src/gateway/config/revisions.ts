/** Pages of the configuration's history. */

import type { ConfigDocument } from "../../config/document/config-document.ts";
import { listRevisions } from "../../config/history/revision-list.ts";
import type { RevisionPage } from "../../core/config/configuration.ts";
import { pageKey, pageSize } from "../../core/paging.ts";
import { encodePageToken } from "../../lib/page-token.ts";
import { describeRevision } from "./config-words.ts";

/** Diffs take long and much room: a page with them is short. */
const maxDiffs = 20;

const query = "config/revisions";

/** What is asked for. */
export interface RevisionRequest {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly withDiff: boolean;
}

/** The page, newest first; `etag` is that of what is on the disk. */
export async function pageOfRevisions(
  document: ConfigDocument,
  etag: string,
  { pageSize: asked, pageToken, withDiff }: RevisionRequest,
): Promise<RevisionPage> {
  const [before] = pageKey(pageToken, query, ["number"]) ?? [];
  const limit = Math.min(pageSize(asked), withDiff ? maxDiffs : Number.POSITIVE_INFINITY);
  const { revisions, next } = await listRevisions(document, {
    etag,
    limit,
    before: before === undefined ? undefined : Number(before),
    withDiff,
  });
  return {
    revisions: revisions.map((revision) => describeRevision(revision, revision)),
    nextPageToken: next === undefined ? "" : encodePageToken(query, [next]),
  };
}
