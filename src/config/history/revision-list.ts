/** The history of the configuration as it is listed: newest first, with what each revision changed. */

import { diffOfRevision, type RevisionPlace } from "./revision-diff.ts";
import type { Revision } from "./revision-store.ts";

/** Which revisions, and what of them. */
export interface RevisionQuery {
  /** Etag of what is on the disk. */
  readonly etag: string;
  readonly limit: number;
  /** Only those with a lower number. */
  readonly before?: number | undefined;
  /** What each of them changed, too: that takes long. */
  readonly withDiff: boolean;
}

/** A revision of a list. */
export interface ListedRevision extends Revision {
  /** It is what is on the disk. */
  readonly current: boolean;
  /** Empty unless asked for. */
  readonly diff: string;
}

/** Those that are kept and not damaged. `next` is the `before` that goes on; undefined at the end. */
export async function listRevisions(
  place: RevisionPlace,
  { etag, limit, before = Number.POSITIVE_INFINITY, withDiff }: RevisionQuery,
): Promise<{ readonly revisions: readonly ListedRevision[]; readonly next: number | undefined }> {
  const kept = await place.revisions.numbers();
  const numbers = kept.filter((number) => number < before).reverse();
  const shown = numbers.slice(0, limit);
  const revisions: ListedRevision[] = [];
  for (const number of shown) {
    const revision = await place.revisions.find(number);
    if (revision === undefined) continue;
    const diff = withDiff ? await diffOfRevision(place, revision) : "";
    revisions.push({ ...revision, current: revision.etag === etag && number === kept.at(-1), diff });
  }
  return { revisions, next: numbers.length > limit ? shown.at(-1) : undefined };
}
