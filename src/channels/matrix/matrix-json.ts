/** What homeservers send: JSON of which only the shape of a few fields is known, and whose content anybody may have written. */

import { isObject, type JsonObject } from "../../lib/text/json-object.ts";

/** Longest id of an event, in bytes. */
const longestId = 255;

/** The last ms of the year 9999: no calendar goes further. */
const lastMs = 253_402_300_799_999;

/** Any JSON object. */
export type Json = JsonObject;

/** An event of a room, as far as its envelope is trusted to be one. */
export interface MatrixEvent {
  readonly type: string;
  readonly event_id: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Json;
  readonly unsigned: Json;
  /** Undefined unless it is state. */
  readonly state_key: string | undefined;
  /** The event it takes away; empty unless it does. Where it stands depends on the version of the room. */
  readonly redacts: string;
}

/** The object at a key; empty when there is something else. */
export function objectAt(json: Json, key: string): Json {
  const value = json[key];
  return isObject(value) ? value : {};
}

/** The text at a key; empty when there is something else. */
export function textAt(json: Json, key: string): string {
  const value = json[key];
  return typeof value === "string" ? value : "";
}

/** The id of an event at a key; empty when there is something else, or what no id can be. */
export function eventIdAt(json: Json, key: string): string {
  const id = textAt(json, key);
  return Buffer.byteLength(id) > longestId || !id.isWellFormed() ? "" : id;
}

/** The number at a key; undefined when there is something else. */
export function numberAt(json: Json, key: string): number | undefined {
  const value = json[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The list at a key; empty when there is something else. */
export function listAt(json: Json, key: string): readonly unknown[] {
  const value = json[key];
  return Array.isArray(value) ? value : [];
}

/** The events in a list; what is none is left out. */
export function eventsAt(json: Json, key: string): MatrixEvent[] {
  return listAt(json, key).filter(isObject).map(eventOf);
}

/** One event. */
export function eventOf(json: Json): MatrixEvent {
  return {
    type: textAt(json, "type"),
    event_id: eventIdAt(json, "event_id"),
    sender: textAt(json, "sender"),
    origin_server_ts: Math.min(Math.max(Math.trunc(numberAt(json, "origin_server_ts") ?? 0), 0), lastMs),
    content: objectAt(json, "content"),
    unsigned: objectAt(json, "unsigned"),
    redacts: textAt(objectAt(json, "content"), "redacts") || textAt(json, "redacts"),
    state_key: typeof json.state_key === "string" ? json.state_key : undefined,
  };
}
