/** Albums: several files sent at once come as messages of their own, and are one message to us. */

import type { Update } from "grammy/types";
import type { Brought } from "./telegram-inbound.ts";

/** The parts of an album arrive within this time of each other, in ms. */
export const albumMs = 700;

/** Id of the album an update is a part of; undefined when it is of none, or an edit. */
export function albumOf({ message, channel_post: post }: Update): string | undefined {
  const part = message ?? post;
  return part?.media_group_id === undefined ? undefined : `${part.chat.id}/${part.media_group_id}`;
}

/** The updates in their order, the parts of each album together where its first one stands. */
export function groupAlbums(updates: readonly Update[]): Update[][] {
  const groups: Update[][] = [];
  const albums = new Map<string, Update[]>();
  for (const update of updates) {
    const album = albumOf(update);
    const group = album === undefined ? undefined : albums.get(album);
    if (group !== undefined) group.push(update);
    else {
      const fresh = [update];
      groups.push(fresh);
      if (album !== undefined) albums.set(album, fresh);
    }
  }
  return groups;
}

/** One message for all parts, under the number of the first. */
export function joined([first, ...others]: readonly Brought[]): Brought | undefined {
  if (first === undefined || others.length === 0) return first;
  const all = [first, ...others];
  const message = {
    ...first.message,
    text: all
      .map(({ message: { text } }) => text)
      .filter(Boolean)
      .join("\n"),
    mentionsUs: all.some(({ message: part }) => part.mentionsUs),
    repliesToUs: all.some(({ message: part }) => part.repliesToUs),
  };
  return { message, files: all.flatMap(({ files }) => files) };
}

/** Gathers the parts of albums that come one by one. */
export class AlbumGatherer {
  readonly #take: (updates: readonly Update[]) => Promise<void>;
  readonly #open = new Map<string, { readonly parts: Update[]; readonly taken: Promise<void> }>();

  constructor(take: (updates: readonly Update[]) => Promise<void>) {
    this.#take = take;
  }

  /** Resolves when the update is safe on disk; a part of an album waits for the others. */
  add(update: Update): Promise<void> {
    const album = albumOf(update);
    if (album === undefined) return this.#take([update]);
    const open = this.#open.get(album);
    if (open !== undefined) {
      open.parts.push(update);
      return open.taken;
    }
    const parts = [update];
    const taken = this.#wait(album).then(() => this.#take(parts.sort((a, b) => a.update_id - b.update_id)));
    this.#open.set(album, { parts, taken });
    return taken;
  }

  async #wait(album: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, albumMs));
    this.#open.delete(album);
  }
}
