/** From what is to be another one about a channel to the keys it is written in. */

import type { ConfigEdit } from "../edit/edit-text.ts";
import { isObject } from "../edit/plain-value.ts";
import { literalText, namesVariable } from "../file/substitute.ts";

/** What is to be another one. */
export interface WantedChannelSettings {
  /** Network. */
  readonly kind: string;
  /** Account id, "default" where there are no others. */
  readonly account: string;
  /** Undefined: as it is. */
  readonly enabled?: boolean;
  /** Undefined: as it is; empty: none of its own. Taken literally: "${HOME}" is no variable. */
  readonly title?: string;
}

/** The edits, or why there can be none. */
export type ChannelEdits = { readonly edits: readonly ConfigEdit[] } | { readonly refusal: string };

/**
 * What to change in the configuration as it is written; nothing where it says so already. One of several accounts is changed
 * in its own object, so that the others, which inherit from the channel, stay as they are. Undefined when the channel is not
 * configured.
 */
export function channelEdits(written: unknown, wanted: WantedChannelSettings): ChannelEdits | undefined {
  const place = placeOf(written, wanted);
  if (place === undefined) return undefined;
  const switched = enabledEdits(place, wanted.enabled);
  if ("refusal" in switched) return switched;
  const named = titleEdits(place, wanted.title);
  return "refusal" in named ? named : { edits: [...switched.edits, ...named.edits] };
}

type Written = Readonly<Record<string, unknown>>;

interface Place {
  readonly path: readonly string[];
  /** What is written at the path. */
  readonly own: Written;
  /** What is written above it, for all accounts; undefined for a channel without accounts. */
  readonly above: Written | undefined;
  /** `above` counts for this account alone. */
  readonly alone: boolean;
}

function placeOf(written: unknown, { kind, account }: WantedChannelSettings): Place | undefined {
  const channel = memberOf(memberOf(written, "channels"), kind);
  if (!isObject(channel)) return undefined;
  const { accounts, defaultAccount } = channel;
  const ids = isObject(accounts) ? Object.keys(accounts) : [];
  const path = ["channels", kind];
  if (ids.length === 0) return { path, own: channel, above: undefined, alone: true };
  // A default account that is not listed is the channel itself, beside the others.
  const all = new Set([...ids, ...(typeof defaultAccount === "string" ? [defaultAccount] : [])]);
  if (!all.has(account)) return undefined;
  const own = memberOf(accounts, account);
  const place = { path: [...path, "accounts", account], own: isObject(own) ? own : {} };
  return { ...place, above: channel, alone: all.size === 1 };
}

function enabledEdits({ path, own, above, alone }: Place, enabled: boolean | undefined): ChannelEdits {
  if (enabled === undefined) return { edits: [] };
  const edits = enabled === (own.enabled !== false) ? [] : [{ path: [...path, "enabled"], value: enabled }];
  if (!enabled || above?.enabled !== false) return { edits };
  const shared = [...path.slice(0, 2), "enabled"];
  if (alone) return { edits: [...edits, { path: shared, value: true }] };
  return { refusal: `${shared.join(".")} is false, for all of its accounts; set that to true first` };
}

function titleEdits({ path, own: { name } }: Place, title: string | undefined): ChannelEdits {
  if (title === undefined) return { edits: [] };
  if (typeof name === "string" && namesVariable(name)) {
    return { refusal: `its name is written as ${name}; change that variable, or the name in the configuration` };
  }
  const text = title === "" ? undefined : literalText(title);
  return { edits: text === name ? [] : [{ path: [...path, "name"], value: text }] };
}

function memberOf(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
