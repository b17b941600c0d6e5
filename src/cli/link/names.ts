/** Short names: what people type for a resource, and what the gateway calls it. */

import type { GatewayClient } from "../../client/client.ts";
import { UsageError } from "../command/usage-error.ts";
import { CommandFailure } from "../failure-view.ts";
import { unixMs } from "../terminal/moment.ts";

const ulid = /^[0-9A-HJKMNP-TV-Z]{26}$/i;
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** "main" and "sessions/main" are "sessions/main". */
export function sessionName(word: string): string {
  return word.startsWith("sessions/") ? word : `sessions/${word}`;
}

/** The last part of a name: "main" for "sessions/main". */
export function lastPart(name: string | undefined): string {
  return name?.slice(name.lastIndexOf("/") + 1) ?? "";
}

/** The id of what is to be made, as it was typed or after its collection; empty when it is left to the gateway, which says what is no id. */
export function newId(word: string | undefined, collection: string): string {
  return word?.startsWith(collection) ? word.slice(collection.length) : (word ?? "");
}

/** The session a name belongs to: "main" for "sessions/main/runs/01…". */
export function sessionPart(name: string | undefined): string {
  return name?.split("/")[1] ?? "";
}

/**
 * The full name of a run: "sessions/main/runs/{id}" as it is, "main/{id}" completed, and an id alone looked up in all
 * sessions. Fails when no run has it.
 */
export async function runName(runs: GatewayClient["runs"], word: string): Promise<string> {
  if (/^sessions\/[^/]+\/runs\/[^/]+$/.test(word)) return word;
  const [session, run, ...more] = word.split("/");
  if (session && run && more.length === 0) return `sessions/${session}/runs/${run}`;
  if (!ulid.test(word)) {
    throw new UsageError(
      `"${word}" names no run`,
      "give its id, or sessions/{session}/runs/{run}; see: openclaw runs list",
    );
  }
  return findRun(runs, word.toUpperCase());
}

/** Runs are listed newest first, and an id tells when its run was accepted: older ones need no look. */
async function findRun(runs: GatewayClient["runs"], id: string): Promise<string> {
  const acceptedMs = [...id.slice(0, 10)].reduce((time, letter) => time * 32 + alphabet.indexOf(letter), 0);
  let pageToken = "";
  do {
    const page = await runs.listRuns({
      parent: "sessions/-",
      pageSize: 200,
      pageToken,
    });
    const found = page.runs.find((run) => lastPart(run.name) === id);
    if (found) return found.name;
    const oldest = page.runs.at(-1)?.createTime;
    pageToken = oldest && unixMs(oldest) < acceptedMs - 60_000 ? "" : page.nextPageToken;
  } while (pageToken !== "");
  throw new CommandFailure(`there is no run ${id}`, "see: openclaw runs list");
}
