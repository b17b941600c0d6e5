/** What Discord sends, as far as it is read; see its documentation, version 10. */

/** Somebody. */
export interface DiscordUser {
  readonly id: string;
  readonly username: string;
  readonly global_name?: string | null;
  readonly bot?: boolean;
}

/** A member of a guild. */
export interface DiscordMember {
  readonly user?: DiscordUser;
  readonly nick?: string | null;
  readonly roles?: readonly string[];
}

/** A file of a message. */
export interface DiscordAttachment {
  readonly filename: string;
  readonly size: number;
  readonly url: string;
}

/** A message; updates may lack parts of it. */
export interface DiscordMessage {
  readonly id: string;
  readonly channel_id: string;
  readonly guild_id?: string;
  readonly type: number;
  readonly author: DiscordUser;
  readonly member?: DiscordMember;
  readonly webhook_id?: string;
  readonly content: string;
  readonly timestamp: string;
  readonly edited_timestamp?: string | null;
  readonly mentions?: readonly DiscordUser[];
  readonly mention_roles?: readonly string[];
  readonly attachments?: readonly DiscordAttachment[];
  readonly message_reference?: { readonly message_id?: string; readonly type?: number };
  readonly referenced_message?: DiscordMessage | null;
  readonly message_snapshots?: readonly { readonly message: { readonly content?: string } }[];
  readonly nonce?: string | number | null;
}

/** Somebody's reaction to a message, put there or taken away; who wrote the message and who they are is not always told. */
export interface DiscordReaction {
  readonly user_id: string;
  readonly channel_id: string;
  readonly message_id: string;
  readonly message_author_id?: string;
  readonly guild_id?: string;
  readonly member?: DiscordMember;
  readonly emoji: { readonly id?: string | null; readonly name?: string | null };
}

/** Somebody used what we put under a message. */
export interface DiscordInteraction {
  readonly id: string;
  /** What it is answered with. */
  readonly token: string;
  readonly type: number;
  readonly data?: { readonly component_type?: number; readonly custom_id?: string };
  readonly guild_id?: string;
  readonly channel_id?: string;
  /** Who did it, in a guild … */
  readonly member?: DiscordMember;
  /** … and elsewhere. */
  readonly user?: DiscordUser;
  readonly message?: DiscordMessage;
}

/** A channel, a thread, or the conversation with somebody. */
export interface DiscordChannel {
  readonly id: string;
  readonly type: number;
  readonly guild_id?: string;
  readonly name?: string | null;
  readonly parent_id?: string | null;
  readonly owner_id?: string;
  readonly last_message_id?: string | null;
  readonly recipients?: readonly DiscordUser[];
}

/** A guild ("server"). */
export interface DiscordGuild {
  readonly id: string;
  readonly name?: string;
  readonly unavailable?: boolean;
  readonly channels?: readonly DiscordChannel[];
  readonly threads?: readonly DiscordChannel[];
  readonly roles?: readonly DiscordRole[];
}

/** What members of a guild can be. */
export interface DiscordRole {
  readonly id: string;
  readonly name: string;
  /** Set when Discord made it for a bot. */
  readonly tags?: { readonly bot_id?: string };
}

/** Something that happened, in order. */
export interface Dispatch {
  /** What, e.g. "MESSAGE_CREATE". */
  readonly name: string;
  readonly seq: number;
  readonly data: unknown;
}

/** Kinds of channels that matter to us. */
export const channelTypes = { direct: 1, groupDirect: 3, threads: [10, 11, 12] } as const;

/** Kinds of messages people write: plain ones, and answers. */
export const writtenTypes: readonly number[] = [0, 19];

/** What an id would be that was made at this moment; ids made later are greater. */
export function idAt(ms: number): string {
  return String(BigInt(Math.max(0, Math.floor(ms) - 1_420_070_400_000)) << 22n);
}

/** Puts ids in the order they were made. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
