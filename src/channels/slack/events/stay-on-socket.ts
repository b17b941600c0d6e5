/** Staying connected in Slack's socket mode: line after line, the next one before the last one ends where Slack says so. */

import type { ChannelHost } from "../../../core/channel/network.ts";
import { backoffMs } from "../../../lib/backoff.ts";
import { sleep } from "../../../lib/sleep.ts";
import { raceAbort } from "../../../lib/until-aborted.ts";
import type { SlackEvent } from "../slack-api.ts";
import type { SlackWeb } from "../slack-web.ts";
import type { EventFeed } from "./event-feed.ts";
import { SocketLine } from "./socket-line.ts";

/** Wait before a broken line is made anew, in ms; it doubles while lines break soon. */
const againMs = 250;
/** A line that held for this long was no failure, in ms. */
const heldMs = 30_000;
const mostFailures = 5;

/** What it takes. */
export interface SocketParts {
  readonly web: SlackWeb;
  readonly host: ChannelHost;
  readonly feed: EventFeed;
  readonly appToken: string;
  /** Who we are. */
  readonly title: string;
}

/** Rejects when a line cannot be opened, or lines break again and again: whoever runs us tries later. */
export async function stayOnSocket(
  { web, host, feed, appToken, title }: SocketParts,
  signal: AbortSignal,
): Promise<void> {
  const onFailure = (error: unknown): void => {
    if (!signal.aborted) host.log.warn({ err: error }, "what Slack brought could not be handled; it is brought again");
  };
  const onEvent = (event: SlackEvent): Promise<void> => feed.hear(event);
  let before: SocketLine | undefined;
  let isGap = true;
  try {
    for (let failures = 0; ; ) {
      const startMs = performance.now();
      let caughtUp = Promise.resolve();
      const onHello = (): void => {
        if (!isGap) return;
        // What was missed goes first: whatever the new line brings waits behind it.
        caughtUp = feed.catchUp();
        caughtUp.catch(() => {});
      };
      const line = await SocketLine.open({ web, appToken, onHello, onEvent, onFailure }, signal);
      before?.close();
      before = line;
      if (isGap) host.online(title);
      await raceAbort(caughtUp, signal);
      const end = await raceAbort(line.leaving, signal);
      failures = performance.now() - startMs > heldMs ? 0 : failures + 1;
      if (failures > mostFailures) throw new Error(end.reason);
      isGap = !end.asked;
      if (!isGap) continue;
      host.offline(end.reason);
      await sleep(backoffMs(Math.max(1, failures), { baseMs: againMs, capMs: 10_000, jitter: 0.3 }), signal);
    }
  } finally {
    before?.close();
  }
}
