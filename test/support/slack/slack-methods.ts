/** Methods of the fake Slack's Web API. */

import { ben, directId, mia, type PlacedMessage, type SlackPlace, selfUser } from "./slack-place.ts";

/** What was asked: a method and the form that came with it. */
export interface Called {
  readonly method: string;
  readonly form: Readonly<Record<string, string>>;
}

type Reply = Record<string, unknown>;

/** Does what is asked. `root` is where the server is. */
export function answerCall(place: SlackPlace, { method, form }: Called, root: string): Reply {
  const done = methods[method];
  return done === undefined ? { ok: false, error: "unknown_method" } : done(place, form, root);
}

const methods: Readonly<Record<string, (place: SlackPlace, form: Called["form"], root: string) => Reply>> = {
  "auth.test": () => ({ ok: true, ...selfUser }),
  "apps.connections.open": (_place, _form, root) => ({ ok: true, url: `${root.replace("http", "ws")}/link` }),
  "users.info": ({ people }, { user = "" }) =>
    people[user] === undefined ? { ok: false, error: "user_not_found" } : { ok: true, user: people[user] },
  "users.list": ({ people }, { cursor }) => {
    const [first, ...others] = Object.values(people);
    if (cursor !== undefined) return { ok: true, members: others, response_metadata: { next_cursor: "" } };
    return { ok: true, members: [first], response_metadata: { next_cursor: "more" } };
  },
  "conversations.info": ({ channels }, { channel }) => {
    const found = channels.find(({ id }) => id === channel);
    return found === undefined ? { ok: false, error: "channel_not_found" } : { ok: true, channel: found };
  },
  "conversations.list": ({ channels }) => ({ ok: true, channels: channels.filter(({ is_channel }) => is_channel) }),
  "users.conversations": ({ channels }) => ({ ok: true, channels: channels.filter(({ is_im }) => is_im) }),
  "conversations.members": () => ({ ok: true, members: [mia, ben] }),
  "conversations.open": (_place, { users }) =>
    users === mia ? { ok: true, channel: { id: directId } } : { ok: false, error: "user_not_found" },
  "conversations.history": (place, form) =>
    page(
      place.in(form.channel ?? "").filter(({ thread_ts, ts }) => thread_ts === undefined || thread_ts === ts),
      form,
    ),
  "conversations.replies": (place, form) => {
    const thread = place.in(form.channel ?? "").filter(({ thread_ts, ts }) => thread_ts === form.ts || ts === form.ts);
    const root = thread.filter(({ ts }) => ts === form.ts);
    const found = page(
      thread.filter(({ ts }) => ts !== form.ts),
      form,
    );
    return { ...found, messages: [...root, ...(found.messages as PlacedMessage[])] };
  },
  "chat.postMessage": (place, form) => {
    const { channel = "", text = "", thread_ts, metadata, blocks } = form;
    if (!place.channels.some(({ id }) => id === channel)) return { ok: false, error: "channel_not_found" };
    const more = {
      user: selfUser.user_id,
      bot_id: selfUser.bot_id,
      ...(thread_ts !== undefined && { thread_ts }),
      ...(blocks && { blocks: JSON.parse(blocks) }),
    };
    const { ts } = place.say(channel, text, { ...more, metadata: JSON.parse(metadata ?? "{}") });
    return { ok: true, channel, ts };
  },
  "chat.update": (place, { ts, text = "" }) => {
    const message = place.messages.find((one) => one.ts === ts);
    if (message === undefined) return { ok: false, error: "message_not_found" };
    message.text = text;
    return { ok: true, ts };
  },
  "chat.delete": (place, { ts }) => {
    const at = place.messages.findIndex((one) => one.ts === ts);
    if (at === -1) return { ok: false, error: "message_not_found" };
    place.messages.splice(at, 1);
    return { ok: true };
  },
  "reactions.add": (place, { name, timestamp }) => {
    const reaction = `${name} ${timestamp}`;
    if (place.reactions.includes(reaction)) return { ok: false, error: "already_reacted" };
    place.reactions.push(reaction);
    return { ok: true };
  },
  "reactions.remove": (place, { name, timestamp }) => {
    const at = place.reactions.indexOf(`${name} ${timestamp}`);
    if (at === -1) return { ok: false, error: "no_reaction" };
    place.reactions.splice(at, 1);
    return { ok: true };
  },
  "files.getUploadURLExternal": (_place, { filename = "" }, root) => ({
    ok: true,
    file_id: `F-${filename}`,
    upload_url: `${root}/upload/${encodeURIComponent(filename)}`,
  }),
  "files.completeUploadExternal": (place, { files = "[]", channel_id = "", initial_comment = "", thread_ts }) => {
    const given = JSON.parse(files) as { id: string; title: string }[];
    const content = given.map(({ title }) => place.files.get(title) ?? "missing").join();
    const more = { user: selfUser.user_id, bot_id: selfUser.bot_id, ...(thread_ts !== undefined && { thread_ts }) };
    place.say(channel_id, initial_comment, { ...more, subtype: "file_share", content });
    return { ok: true, files: given };
  },
};

function page(
  messages: readonly PlacedMessage[],
  { oldest = "0", limit = "100", cursor, include_all_metadata }: Called["form"],
): Reply {
  const found = messages.filter(({ ts }) => ts > oldest).reverse();
  const from = Number(cursor ?? 0);
  const to = from + Number(limit);
  const shown = found.slice(from, to).map(({ channel: _, metadata, ...message }) => {
    return { ...message, ...(include_all_metadata === "true" && { metadata }) };
  });
  const next_cursor = to < found.length ? String(to) : "";
  return { ok: true, messages: shown, has_more: next_cursor !== "", response_metadata: { next_cursor } };
}
