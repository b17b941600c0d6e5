/** What people and channels on Slack are called, asked for once in a while. */

import { NewestMap } from "../../lib/newest-map.ts";
import type { SlackChannel, SlackPerson } from "./slack-api.ts";
import type { SlackWeb } from "./slack-web.ts";

const mostNames = 5_000;
const staleMs = 3_600_000;
const askMs = 5_000;

/** Somebody, as far as it matters. */
export interface KnownPerson {
  readonly name: string;
  readonly isBot: boolean;
}

/** See the file's first line. What Slack does not tell, is called by its id: no message waits for a name. */
export class SlackRoster {
  readonly #web: SlackWeb;
  readonly #people = new NewestMap<string, Told<KnownPerson>>(mostNames);
  readonly #channels = new NewestMap<string, Told<string>>(mostNames);

  constructor(web: SlackWeb) {
    this.#web = web;
  }

  async person(id: string): Promise<KnownPerson> {
    return remembered(this.#people, id, async () => {
      const { user } = await this.#web.call<{ user: SlackPerson }>("users.info", { user: id }, patience());
      return { name: nameOf(user), isBot: user.is_bot ?? false };
    }).catch(() => ({ name: id, isBot: false }));
  }

  /** "#general"; empty when nobody knows. */
  async channelTitle(id: string): Promise<string> {
    return remembered(this.#channels, id, async () => {
      const { channel } = await this.#web.call<{ channel: SlackChannel }>(
        "conversations.info",
        { channel: id },
        patience(),
      );
      return channel.name ? `#${channel.name}` : "";
    }).catch(() => "");
  }
}

/** What somebody wants to be called. */
export function nameOf({ id, name, profile }: SlackPerson): string {
  return profile?.display_name || profile?.real_name || name || id;
}

function patience(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(askMs) };
}

/** What Slack told, and when on the clock of `performance.now`. */
interface Told<T> {
  readonly value: T;
  readonly fromMs: number;
}

async function remembered<T>(known: Map<string, Told<T>>, id: string, ask: () => Promise<T>): Promise<T> {
  const before = known.get(id);
  if (before !== undefined && performance.now() - before.fromMs < staleMs) return before.value;
  const value = await ask();
  known.set(id, { value, fromMs: performance.now() });
  return value;
}
