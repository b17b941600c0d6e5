/** The gateways of this user on this host: those that say so in their state folder, and those that answer on a usual port. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Surroundings } from "../../config/environment.ts";
import { resolvePort } from "../../config/gateway/resolve-port.ts";
import { loadClientConfig } from "../../config/load-config.ts";
import { findPortHolder, type PortHolder } from "../../lib/host/port-holder.ts";
import { commandRunner } from "../../lib/host/run-command.ts";
import { findOwner } from "../../supervisor/gateway-owner.ts";

/** A gateway that was found. */
export interface HostGateway {
  /** Undefined when it has state somewhere this user's profiles do not. */
  readonly stateDir: string | undefined;
  /** "default", "work"; undefined as above. */
  readonly profile: string | undefined;
  /** Undefined when this user may not see it. */
  readonly pid: number | undefined;
  readonly url: string | undefined;
}

/** Longest time a program may take that is asked who listens, and a gateway that is asked whether it lives, in ms. */
const times = { commandMs: 5_000, answerMs: 1_000 };

/** Ports gateways listen on unless told otherwise. */
const usualPorts = [18_789, 19_001];

/** The gateways of this user's profiles that run now. */
export async function findProfileGateways({ environment, home }: Surroundings): Promise<HostGateway[]> {
  const run = commandRunner(environment, times.commandMs);
  const found = await Promise.all(
    profileFolders(home).map(async ({ stateDir, profile }) => {
      const owner = await findOwner(stateDir, run);
      return owner === undefined ? [] : [{ stateDir, profile, pid: owner.pid, url: owner.url }];
    }),
  );
  return found.flat();
}

/** All that can be found: those of profiles, and whoever answers on a usual port or one that a profile's file names. */
export async function findHostGateways(surroundings: Surroundings): Promise<HostGateway[]> {
  const named = await findProfileGateways(surroundings);
  const ports = new Set([...usualPorts, ...(await profilePorts(surroundings))]);
  for (const { url } of named) if (url !== undefined) ports.delete(Number(new URL(url).port));
  const run = commandRunner(surroundings.environment, times.commandMs);
  const others = await Promise.all(
    [...ports].map(async (port) => {
      const url = `http://127.0.0.1:${port}`;
      if (!(await isGateway(url))) return [];
      return [{ stateDir: undefined, profile: undefined, pid: (await findPortHolder(port, run))?.pid, url }];
    }),
  );
  return [...named, ...others.flat()];
}

/** True when a gateway answers there that is alive. */
export async function isGateway(url: string): Promise<boolean> {
  const http = await import(url.startsWith("https:") ? "node:https" : "node:http");
  return new Promise((resolve) => {
    // Only a probe anybody may ask is sent, no credential: whose certificate it is does not matter.
    const options = { signal: AbortSignal.timeout(times.answerMs), rejectUnauthorized: false };
    const request = http.get(`${url}/healthz`, options, async (response: AsyncIterable<Buffer>) => {
      resolve(/^\{"ok":true,"status":"live"/.test(await beginning(response)));
    });
    request.on("error", () => resolve(false));
  });
}

/** Who has a port, and how to make it free, for people; a holder is undefined when this user may not see it. */
export function holderText(
  port: number,
  holder: PortHolder | undefined,
): { readonly who: string; readonly stop: string } {
  if (holder === undefined) {
    return { who: "a program of another user", stop: `see who it is with: sudo lsof -i :${port}` };
  }
  const { pid, name } = holder;
  return { who: `process ${pid}${name && ` (${name})`}`, stop: `stop that one with: kill ${pid}` };
}

function profileFolders(home: string): { stateDir: string; profile: string }[] {
  return namesIn(home).flatMap((name) => {
    const match = /^\.openclaw(?:-(.+))?$/.exec(name);
    return match === null ? [] : [{ stateDir: join(home, name), profile: match[1] ?? "default" }];
  });
}

/** The account of a service often has no home folder. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A profile whose configuration cannot be read runs nowhere. */
async function profilePorts({ home }: Surroundings): Promise<number[]> {
  const ports = profileFolders(home).map(async ({ profile }) => {
    try {
      return [resolvePort(await loadClientConfig({ environment: { OPENCLAW_PROFILE: profile }, home })).value];
    } catch {
      return [];
    }
  });
  return (await Promise.all(ports)).flat().filter((port) => port !== 0);
}

/** The first kilobyte of an answer; what comes of one that breaks off. */
async function beginning(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  try {
    for await (const piece of stream) {
      text += piece.toString("latin1");
      if (text.length > 1_024) break;
    }
  } catch {
    return text;
  }
  return text;
}
