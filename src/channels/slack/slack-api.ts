/** What Slack sends, as far as it is read. */

/** A file of a message. */
export interface SlackFile {
  readonly name?: string | null;
  readonly size?: number;
  readonly url_private_download?: string;
  readonly url_private?: string;
}

/** A message, as an event or in a conversation's history. */
export interface SlackMessage {
  readonly type?: string;
  readonly subtype?: string;
  readonly channel?: string;
  readonly user?: string;
  readonly username?: string;
  readonly bot_id?: string;
  readonly text?: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly parent_user_id?: string;
  readonly edited?: { readonly ts?: string };
  readonly files?: readonly SlackFile[];
  /** Of a change: the message as it is now, and as it was. */
  readonly message?: SlackMessage;
  readonly previous_message?: SlackMessage;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: { readonly delivery?: string } };
}

/** Somebody's reaction, put there or taken away. */
export interface SlackReaction {
  readonly type: "reaction_added" | "reaction_removed";
  readonly user: string;
  /** Name of the emoji. */
  readonly reaction: string;
  /** Who wrote it. */
  readonly item_user?: string;
  readonly item?: { readonly type?: string; readonly channel?: string; readonly ts?: string };
  readonly event_ts: string;
}

/** Somebody pressed a button of a message. */
export interface SlackPress {
  readonly type: "block_actions";
  readonly user?: { readonly id: string };
  readonly channel?: { readonly id: string };
  readonly message?: SlackMessage;
  readonly actions?: readonly { readonly value?: string; readonly action_ts: string }[];
}

/** What happened: something was said, somebody reacted, or pressed a button. */
export type SlackEvent = SlackMessage | SlackReaction | SlackPress;

/** True for a pressed button. */
export function isPress(event: { readonly type?: string }): event is SlackPress {
  return event.type === "block_actions";
}

/** True for a reaction. */
export function isReaction(event: SlackEvent): event is SlackReaction {
  return event.type === "reaction_added" || event.type === "reaction_removed";
}

/** What events are wrapped in, over the socket and by HTTP. */
export interface EventCallback {
  readonly type?: string;
  readonly team_id?: string;
  readonly challenge?: string;
  readonly event?: SlackEvent;
}

/** Who we are. */
export interface SlackSelf {
  readonly user_id: string;
  readonly user: string;
  readonly bot_id?: string;
  readonly team_id: string;
  readonly team: string;
}

/** Somebody. */
export interface SlackPerson {
  readonly id: string;
  readonly name?: string;
  readonly is_bot?: boolean;
  readonly deleted?: boolean;
  readonly profile?: { readonly display_name?: string; readonly real_name?: string };
}

/** A channel, a group, or the conversation with somebody. */
export interface SlackChannel {
  readonly id: string;
  readonly name?: string;
  readonly is_im?: boolean;
  readonly is_mpim?: boolean;
  readonly user?: string;
}

/** Puts timestamps in order; they are Slack's ids of messages. */
export function compareTimes(a: string, b: string): number {
  const [[aSeconds, aRest], [bSeconds, bRest]] = [partsOf(a), partsOf(b)];
  return aSeconds - bSeconds || aRest - bRest;
}

/** True for a person's id, not a channel's. */
export function isPersonId(id: string): boolean {
  return /^[UW][A-Z0-9]{2,}$/.test(id);
}

/** True for the id of the conversation with one person. */
export function isDirectId(id: string): boolean {
  return id.startsWith("D");
}

function partsOf(time: string): [number, number] {
  const [seconds = "0", rest = "0"] = time.split(".");
  return [Number(seconds), Number(rest)];
}
