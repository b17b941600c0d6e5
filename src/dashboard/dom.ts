/** Elements, and how times are written. Text goes in as text: nothing anybody wrote is ever read as HTML. */

import type { Timestamp } from "@bufbuild/protobuf/wkt";

type Child = Node | string | undefined | false;
type Properties = Readonly<Record<string, string | boolean | ((event: Event) => void) | undefined>>;

/** Makes an element. Functions become listeners ("click"), `true` an attribute without a value, the rest attributes. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (typeof value === "string") made.setAttribute(name, value);
  }
  fill(made, ...children);
  return made;
}

/** Puts these children in the place of those there are. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...children.filter((child): child is Node | string => child !== undefined && child !== false));
}

/** Milliseconds since the Unix epoch; 0 for a time that is not known. */
export function millis(time: Timestamp | undefined): number {
  return time === undefined ? 0 : Number(time.seconds) * 1_000 + time.nanos / 1e6;
}

/** "14:05", with the day when it is not today. */
export function clockTime(time: Timestamp | undefined): string {
  if (time === undefined) return "";
  const date = new Date(millis(time));
  const minute = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const today = date.toDateString() === new Date().toDateString();
  return today ? minute : `${date.toLocaleDateString([], { day: "numeric", month: "short" })}, ${minute}`;
}

/** "14:05:09". */
export function exactTime(time: Timestamp | undefined): string {
  return time === undefined ? "" : new Date(millis(time)).toLocaleTimeString();
}

/** "12 s", "5 min", "3 h 20 min", "4 d". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  const hours = Math.floor(seconds / 3_600);
  return hours < 48 ? `${hours} h ${Math.floor((seconds % 3_600) / 60)} min` : `${Math.floor(hours / 24)} d`;
}

/** The last part of a resource name. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
