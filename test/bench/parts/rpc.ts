/** Unary calls a second: ours, the bare protocol library's, and those of a server without any library. */

import { type BenchGateway, withGateway } from "../gateway/bench-gateway.ts";
import { type SideProcess, startSideProcess } from "../gateway/side-process.ts";
import type { CallLoad } from "../load/call-load.ts";
import { loadGenerator, measureRate } from "../load/measure-rate.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";

const rounds = 3;
const timing = { warmUpSeconds: 1, seconds: 2 };
const health = "/grpc.health.v1.Health/Check";
const protocols = ["http2", "http1"] as const;

type Protocol = (typeof protocols)[number];
type Rates = Record<"listSessions" | "getGateway" | "health" | "bare" | "raw", number>;

/** Servers and load generator are processes of their own; rounds take turns, the best of each server counts. */
export function measureRpc(): Promise<Row[]> {
  return withGateway({}, async (gateway) => {
    const bare = await startSideProcess("bare-connect-process");
    const raw = await startSideProcess("raw-http-process");
    try {
      const rows: Row[] = [];
      for (const protocol of protocols) {
        rows.push(...(await rowsOf(protocol, await bestRates(protocol, { gateway, bare, raw }))));
      }
      return rows;
    } finally {
      await Promise.all([bare.stop(), raw.stop()]);
    }
  });
}

interface Servers {
  readonly gateway: BenchGateway;
  readonly bare: SideProcess;
  readonly raw: SideProcess;
}

async function bestRates(protocol: Protocol, { gateway, bare, raw }: Servers): Promise<Rates> {
  const best: Rates = { listSessions: 0, getGateway: 0, health: 0, bare: 0, raw: 0 };
  const urls: Record<keyof Rates, string> = {
    listSessions: `${gateway.url}/openclaw.gateway.v1.SessionService/ListSessions`,
    getGateway: `${gateway.url}/openclaw.gateway.v1.GatewayService/GetGateway`,
    health: `${gateway.url}${health}`,
    bare: `${bare.addresses[protocol]}${health}`,
    raw: `${raw.addresses[protocol]}${health}`,
  };
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(best) as (keyof Rates)[]) {
      const load: CallLoad = { protocol, url: urls[name], token: gateway.token, ...timing };
      best[name] = Math.max(best[name], await measureRate(load));
    }
  }
  return best;
}

async function rowsOf(protocol: Protocol, rates: Rates): Promise<Row[]> {
  const over = protocol === "http2" ? "proto, one HTTP/2 connection, 64 in flight" : "JSON, 64 HTTP/1.1 connections";
  const how = `Connect ${over}; best of ${rounds} × ${timing.seconds} s, ${await loadGenerator()}`;
  const bare = { name: "bare connect-node", value: rates.bare };
  const share = (what: string, rate: number): Row => {
    return {
      what,
      unit: "%",
      value: (100 * rate) / rates.bare,
      ...promises.rpcShare,
      how: `of bare connect-node; ${how}`,
    };
  };
  return [
    { what: "ListSessions", unit: "/s", value: rates.listSessions, ...promises.rpcListSessions, how },
    { what: "GetGateway", unit: "/s", value: rates.getGateway, ...promises.rpcGetGateway, how },
    { what: "Health.Check", unit: "/s", value: rates.health, against: bare, how },
    {
      what: "bare connect-node Health.Check",
      unit: "/s",
      value: rates.bare,
      against: { name: "raw", value: rates.raw },
      how,
    },
    share("ListSessions", rates.listSessions),
    share("GetGateway", rates.getGateway),
  ];
}
