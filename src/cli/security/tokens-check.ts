/** Which named tokens and devices are let in though nobody needs them any more? */

import type { Device, Token } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import { gatewayErrorFrom } from "../../client/gateway-error.ts";
import { ConfigError } from "../../config/config-error.ts";
import type { Check, Problem } from "../care/check.ts";
import { lastPart } from "../link/names.ts";
import { readPages } from "../link/paging.ts";
import { unixMs } from "../terminal/moment.ts";

const dayMs = 86_400_000;

/** A token that never ends and is older, or that nobody uses, is told; in days. */
const oldDays = 365;
const idleDays = 90;

/** Only the gateway knows them: it is asked when one runs. */
export const tokensCheck: Check = {
  id: "tokens",
  async run({ owner, link, nowMs }) {
    if (owner?.url === undefined) return [];
    try {
      const { access } = await link.client();
      return [...(await staleTokens(access, nowMs)), ...(await staleDevices(access, nowMs))];
    } catch (thrown) {
      return [notAsked(thrown)];
    }
  },
};

type Access = GatewayClient["access"];
const all = { all: true, limit: 0, "page-token": undefined } as const;

async function staleTokens(access: Access, nowMs: number): Promise<Problem[]> {
  const { items } = await readPages(all, async (pageSize, pageToken) => {
    const page = await access.listTokens({ pageSize, pageToken });
    return { items: page.tokens, nextPageToken: page.nextPageToken };
  });
  return items.flatMap((token) => {
    return stale(token, token.useTime, nowMs).map((problem) => {
      return { ...problem, fix: `end it if nobody needs it: openclaw tokens revoke ${lastPart(token.name)}` };
    });
  });
}

async function staleDevices(access: Access, nowMs: number): Promise<Problem[]> {
  const { items } = await readPages(all, async (pageSize, pageToken) => {
    const page = await access.listDevices({ pageSize, pageToken });
    return { items: page.devices, nextPageToken: page.nextPageToken };
  });
  return items.flatMap((device) => {
    return stale({ ...device, createTime: device.pairTime }, device.seenTime, nowMs).map((problem) => {
      return { ...problem, fix: `remove it if nobody needs it: openclaw devices remove ${lastPart(device.name)}` };
    });
  });
}

type Grant = Pick<Token, "name" | "createTime" | "expireTime">;

/** Idleness counts from when it was made: a new one may wait for its first use. */
function stale(
  { name, createTime, expireTime }: Grant,
  usedTime: Device["seenTime"],
  nowMs: number,
): Omit<Problem, "fix">[] {
  if (createTime === undefined || (expireTime !== undefined && unixMs(expireTime) <= nowMs)) return [];
  const ageDays = Math.floor((nowMs - unixMs(createTime)) / dayMs);
  const idle = Math.floor((nowMs - unixMs(usedTime ?? createTime)) / dayMs);
  if (idle >= idleDays) {
    const used = usedTime === undefined ? "was never used" : "was not used";
    return [
      { severity: "warning", subject: name, reason: `it ${used} for ${idle} days, and still lets its holder in` },
    ];
  }
  if (ageDays < oldDays || expireTime !== undefined) return [];
  return [{ severity: "info", subject: name, reason: `it is ${ageDays} days old and never ends` }];
}

/** The audit goes on: that a gateway does not answer is the doctor's finding. */
function notAsked(thrown: unknown): Problem {
  const isConfig = thrown instanceof ConfigError;
  if (!isConfig && !(thrown instanceof Error && thrown.name === "ConnectError")) throw thrown;
  const { message } = isConfig ? thrown : gatewayErrorFrom(thrown);
  const reason = `its tokens and devices could not be looked at: ${message}`;
  return { severity: "info", subject: "gateway", reason, fix: "see: openclaw doctor" };
}
