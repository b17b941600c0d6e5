/** What is on the fake Discord: a guild, channels, and what was said in them. */

/** Who we are there. */
export const selfUser = { id: "100000000000000001", username: "claw", bot: true };
/** The person. */
export const mia = { id: "200000000000000002", username: "mia", global_name: "Mia" };
/** The guild, and a channel and a thread in it. */
export const guildId = "300000000000000003";
export const channelId = "400000000000000004";
export const threadId = "500000000000000005";
/** The conversation between the two. */
export const directId = "600000000000000006";
/** The role of the person, and the one Discord made for us. */
export const roleId = "700000000000000007";
export const selfRoleId = "700000000000000008";

const selfRole = { id: selfRoleId, name: "claw", tags: { bot_id: selfUser.id } };

/** A message as Discord tells it. */
export interface PlacedMessage {
  id: string;
  channel_id: string;
  guild_id?: string;
  type: number;
  author: { id: string; username: string };
  content: string;
  timestamp: string;
  edited_timestamp: string | null;
  [key: string]: unknown;
}

/** See the file's first line. */
export class DiscordPlace {
  readonly messages: PlacedMessage[] = [];
  readonly reactions: string[] = [];
  /** Interactions that were answered, and how. */
  readonly answered: string[] = [];
  readonly files = new Map<string, string>();
  readonly channels = [
    { id: channelId, type: 0, guild_id: guildId, name: "general" },
    { id: threadId, type: 11, guild_id: guildId, name: "plans", parent_id: channelId, owner_id: mia.id },
    { id: directId, type: 1, recipients: [mia] },
  ];
  onEvent: (name: string, data: object) => void = () => {};
  #count = 0;

  /** Ids grow with time. */
  newId(): string {
    this.#count += 1;
    return String((BigInt(Date.now() - 1_420_070_400_000) << 22n) + BigInt(this.#count));
  }

  /** Somebody says something; everybody who listens is told. */
  say(channel: string, content: string, more: Record<string, unknown> = {}): PlacedMessage {
    const guild = channel === directId ? {} : { guild_id: guildId, member: { nick: null, roles: [roleId] } };
    const message: PlacedMessage = {
      ...{ id: this.newId(), channel_id: channel, type: 0, author: mia, content },
      ...{
        timestamp: new Date().toISOString(),
        edited_timestamp: null,
        mentions: [],
        attachments: [],
        ...guild,
        ...more,
      },
    };
    this.messages.push(message);
    this.onEvent("MESSAGE_CREATE", message);
    return message;
  }

  /** Somebody reacts to a message, or takes it back; everybody who listens is told, as much as Discord tells. */
  react(id: string, name: string, { remove = false, user = mia }: { remove?: boolean; user?: typeof mia } = {}): void {
    const { channel_id = "", author } = this.messages.find((message) => message.id === id) ?? {};
    const reaction = { user_id: user.id, channel_id, message_id: id, emoji: { id: null, name } };
    const guild = channel_id === directId ? {} : { guild_id: guildId };
    const member = channel_id === directId ? {} : { member: { user, nick: "Mimi", roles: [roleId] } };
    if (remove) this.onEvent("MESSAGE_REACTION_REMOVE", { ...reaction, ...guild });
    else this.onEvent("MESSAGE_REACTION_ADD", { ...reaction, ...guild, ...member, message_author_id: author?.id });
  }

  /** Somebody presses a button of a message; everybody who listens is told. Gives the id of the interaction. */
  press(id: string, custom_id: string): string {
    const message = this.messages.find((one) => one.id === id);
    const inGuild = message?.channel_id !== directId;
    const who = inGuild ? { guild_id: guildId, member: { user: mia, nick: null, roles: [roleId] } } : { user: mia };
    const interaction = {
      id: this.newId(),
      token: "aW50ZXJhY3Rpb24",
      type: 3,
      channel_id: message?.channel_id,
      message,
    };
    this.onEvent("INTERACTION_CREATE", { ...interaction, ...who, data: { component_type: 2, custom_id } });
    return interaction.id;
  }

  in(channel: string): PlacedMessage[] {
    return this.messages.filter(({ channel_id }) => channel_id === channel);
  }

  /** The guild as a new session is told of it. */
  get guild(): object {
    const told = this.channels
      .filter((channel) => channel.guild_id === guildId)
      .map((channel) => ({ ...channel, last_message_id: this.in(channel.id).at(-1)?.id ?? null }));
    return {
      ...{ id: guildId, name: "House", roles: [{ id: roleId, name: "cooks" }, selfRole] },
      ...{ channels: told.filter(({ type }) => type === 0), threads: told.filter(({ type }) => type === 11) },
    };
  }
}
