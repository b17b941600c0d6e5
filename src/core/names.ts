/** Resource names (AIP-122): how they are built, checked and taken apart. */

import { invalidField } from "./errors.ts";

const segment = "[A-Za-z0-9._~:@+%-]{1,128}";
const sessionPattern = new RegExp(`^sessions/${segment}$`);
const runPattern = new RegExp(`^sessions/${segment}/runs/${segment}$`);
const messagePattern = new RegExp(`^sessions/${segment}/messages/${segment}$`);
const idPattern = /^[A-Za-z0-9._~:@+-]{1,128}$/;

/** The session that always exists. */
export const mainSession = "sessions/main";

/** The agent that answers unless a session names another. */
export const mainAgent = "agents/main";

/** "sessions/{id}" for an id the caller chose. Fails with FIELD_INVALID when the id has characters a name may not have. */
export function sessionNameFrom(id: string, field: string): string {
  if (!idPattern.test(id) || id === "-") {
    throw invalidField(field, `"${id}" is no id: use 1-128 of A-Z a-z 0-9 . _ ~ : @ + - (not "-" alone)`);
  }
  return `sessions/${id}`;
}

/** The name, if it is "sessions/{session}". Fails with FIELD_INVALID. */
export function requireSessionName(name: string, field: string): string {
  if (!sessionPattern.test(name) || name === "sessions/-") {
    throw invalidField(field, `"${name}" is no session name; it looks like sessions/main`);
  }
  return name;
}

/** The name, if it is "sessions/{session}/runs/{run}". Fails with FIELD_INVALID. */
export function requireRunName(name: string, field: string): string {
  if (!runPattern.test(name)) {
    throw invalidField(field, `"${name}" is no run name; it looks like sessions/main/runs/01J…`);
  }
  return name;
}

/** The name, if it is "sessions/{session}/messages/{message}". Fails with FIELD_INVALID. */
export function requireMessageName(name: string, field: string): string {
  if (!messagePattern.test(name)) {
    throw invalidField(field, `"${name}" is no message name; it looks like sessions/main/messages/01J…`);
  }
  return name;
}

/** The session a run, message or tool call belongs to: its first two segments. */
export function sessionOf(name: string): string {
  const end = name.indexOf("/", name.indexOf("/") + 1);
  return end < 0 ? name : name.slice(0, end);
}

/** The last segment of a name. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
