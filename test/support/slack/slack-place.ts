/** What is on the fake Slack: people, channels, and what was said in them. */

/** Who we are there. */
export const selfUser = { user_id: "U00CLAW", user: "claw", bot_id: "B00CLAW", team_id: "T00HOUSE", team: "House" };
/** The person, and another one. */
export const mia = "U00MIA";
export const ben = "U00BEN";
/** A channel, the conversation with the person, and one of several people. */
export const channelId = "C00GENERAL";
export const directId = "D00MIA";
export const groupDirectId = "G00THREE";

/** A message as it is kept. */
export interface PlacedMessage {
  type: "message";
  channel: string;
  ts: string;
  text: string;
  user?: string;
  bot_id?: string;
  thread_ts?: string;
  [key: string]: unknown;
}

/** See the file's first line. */
export class SlackPlace {
  readonly messages: PlacedMessage[] = [];
  readonly reactions: string[] = [];
  readonly files = new Map<string, string>();
  readonly people: Readonly<Record<string, object>> = {
    [mia]: { id: mia, name: "mia", profile: { display_name: "Mia" } },
    [ben]: { id: ben, name: "ben", profile: { display_name: "", real_name: "Ben B." } },
    [selfUser.user_id]: { id: selfUser.user_id, name: "claw", is_bot: true },
  };
  readonly channels = [
    { id: channelId, name: "general", is_channel: true },
    { id: directId, is_im: true, user: mia },
    { id: groupDirectId, name: "mpdm-mia--ben--claw-1", is_mpim: true },
  ];
  onEvent: (event: object) => void = () => {};
  #count = 0;

  newTime(): string {
    this.#count += 1;
    return `${Math.floor(Date.now() / 1_000)}.${String(this.#count).padStart(6, "0")}`;
  }

  /** Somebody says something; the app is told. */
  say(channel: string, text: string, more: Record<string, unknown> = {}): PlacedMessage {
    const message: PlacedMessage = { type: "message", channel, ts: this.newTime(), user: mia, text, ...more };
    this.messages.push(message);
    const kinds: Record<string, string> = { C: "channel", D: "im", G: "mpim" };
    this.onEvent({ ...message, channel_type: kinds[channel[0] ?? ""], event_ts: message.ts });
    return message;
  }

  /** Somebody reacts to a message, or takes it back; the app is told. */
  react(ts: string, reaction: string, { remove = false, user = mia }: { remove?: boolean; user?: string } = {}): void {
    const { channel, user: item_user } = this.messages.find((message) => message.ts === ts) ?? {};
    const type = remove ? "reaction_removed" : "reaction_added";
    const item = { type: "message", channel, ts };
    this.onEvent({ type, user, reaction, item_user, item, event_ts: this.newTime() });
  }

  /** Somebody presses a button of a message; the app is told. */
  press(ts: string, value: string | undefined, user = mia): object {
    const { channel = "", ...message } = this.messages.find((one) => one.ts === ts) ?? { ts };
    const actions = [{ type: "button", action_id: "0-0", value, action_ts: this.newTime() }];
    const press = { type: "block_actions", user: { id: user }, channel: { id: channel }, message, actions };
    this.onEvent(press);
    return press;
  }

  in(channel: string): PlacedMessage[] {
    return this.messages.filter((message) => message.channel === channel);
  }
}
