/** What a fake homeserver answers to a sync. */

import type { Content, LoggedEvent, RoomLog } from "./room-log.ts";

/** Everything after event number `from`; undefined is a first sync. */
export function syncAnswer(
  log: RoomLog,
  { from = 0, limit, us }: { from: number | undefined; limit: number; us: string },
): Content {
  const numbered = log.events
    .map((event, index) => ({ event, number: index + 1 }))
    .filter(({ number }) => number > from);
  const join: Record<string, Content> = {};
  for (const room of log.roomsOf(us, "join")) {
    const news = numbered.filter(({ event }) => event.room === room);
    if (news.length === 0) continue;
    const timeline = news.slice(-limit);
    join[room] = {
      timeline: {
        events: timeline.map(({ event }) => event),
        limited: news.length > timeline.length,
        prev_batch: `s${(timeline[0]?.number ?? 1) - 1}`,
      },
    };
  }
  const invite: Record<string, Content> = {};
  for (const room of log.roomsOf(us, "invite")) {
    const news = numbered.filter(({ event }) => event.room === room);
    if (news.length > 0) invite[room] = { invite_state: { events: newestState(log, room) } };
  }
  return { next_batch: `s${log.head}`, rooms: { join, invite } };
}

function newestState(log: RoomLog, room: string): LoggedEvent[] {
  const state = log.events.filter((event) => event.room === room && event.state_key !== undefined);
  return [...new Map(state.map((event) => [`${event.type} ${event.state_key}`, event])).values()];
}
