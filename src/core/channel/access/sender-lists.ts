/** Lists of senders, as people write them into the configuration: ids, aliases, "<network>:<id>", "*" and access groups. */

import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { MessagingSettings } from "../channel-settings.ts";

/** Who is looked for. */
export interface Listed {
  /** Network. */
  readonly kind: string;
  /** Id and aliases on it, in lower case. */
  readonly names: ReadonlySet<string>;
}

/** The one who wrote a message, as lists may name them. */
export function listedSender(kind: string, message: InboundMessage): Listed {
  const names = [message.senderAddress, ...message.senderAliases].map(normalized).filter((name) => name !== "");
  return { kind: kind.toLowerCase(), names: new Set(names) };
}

/** True when the list names the sender, whether by "*", by an id or alias, or by an access group. */
export function listAdmits(
  entries: readonly string[],
  sender: Listed,
  groups: MessagingSettings["accessGroups"] = {},
): boolean {
  return entries.some((entry) => {
    const group = /^accessGroup:(.+)$/i.exec(entry.trim())?.[1];
    if (group === undefined) return entry.trim() === "*" || listNames([entry], sender);
    // A group nobody has defined admits nobody.
    const members = groups[group] ?? {};
    return [...(members["*"] ?? []), ...(members[sender.kind] ?? [])].some(
      (member) => member.trim() === "*" || listNames([member], sender),
    );
  });
}

/** True when the list names the sender itself: by an id or alias, alone or as "<network>:<id>". */
export function listNames(entries: readonly string[], { kind, names }: Listed): boolean {
  return entries.some((entry) => {
    const name = normalized(entry);
    const prefix = `${kind}:`;
    return names.has(name) || (name.startsWith(prefix) && names.has(normalized(name.slice(prefix.length))));
  });
}

function normalized(name: string): string {
  return name.trim().toLowerCase().replace(/^@/, "");
}
