/** Who is meant: mentions by name, by person, and behind a command. */

import type { Message, MessageEntity } from "grammy/types";

interface Us {
  readonly id: number;
  readonly username?: string;
}

/** True when the message names us in a way Telegram marks. */
export function mentionsUs(message: Message, us: Us): boolean {
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities ?? [];
  return entities.some((entity) => isUs(entity, text, us));
}

/** "@name text" and "/command@name" are how people address a bot; the agent needs the text, and commands their name. */
export function withoutAddress(text: string, { username }: Us): string {
  if (username === undefined) return text;
  const name = username.replace(/\W/g, "");
  return text
    .replace(new RegExp(`^(/\\w+)@${name}(?=\\s|$)`, "i"), "$1")
    .replace(new RegExp(`^@${name}[:,]?\\s+(?=\\S)`, "i"), "");
}

/** True for "/command@other": a command for another bot. */
export function isForAnotherBot(message: Message, { username = "" }: Us): boolean {
  const [command] = message.entities ?? [];
  if (command?.type !== "bot_command" || command.offset !== 0) return false;
  const [, name = ""] = (message.text ?? "").slice(0, command.length).split("@");
  return name !== "" && name.toLowerCase() !== username.toLowerCase();
}

function isUs(entity: MessageEntity, text: string, { id, username }: Us): boolean {
  if (entity.type === "text_mention") return entity.user.id === id;
  if (username === undefined) return false;
  const said = text.slice(entity.offset, entity.offset + entity.length).toLowerCase();
  const name = `@${username.toLowerCase()}`;
  return (entity.type === "mention" && said === name) || (entity.type === "bot_command" && said.endsWith(name));
}
