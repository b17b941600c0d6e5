/** AccessService: unpack the request, ask the core, pack the answer. */

import { type Duration, durationFromMs, durationMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ConnectRouter, HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { AccessService } from "../../../gen/openclaw/gateway/v1/access_service_pb.ts";
import { pollIntervalMs } from "../../core/access/access-failures.ts";
import type { Caller } from "../../core/access/scopes.ts";
import type { Core } from "../../core/core.ts";
import { invalidField } from "../../core/errors.ts";
import type { Clock } from "../../lib/clock.ts";
import { callKey } from "../call/call.ts";
import { callerKey } from "../caller-key.ts";
import { ownAddresses } from "../guard/own-addresses.ts";
import { PairingGuard } from "../guard/pairing-guard.ts";
import type { GatewayProcess } from "./describe-gateway.ts";

type Handlers = ServiceImpl<typeof AccessService>;
type PairingHandlers = Pick<
  Handlers,
  "requestPairing" | "redeemPairing" | "listPairingRequests" | "resolvePairingRequest" | "createSetupCode"
>;
type DeviceHandlers = Pick<Handlers, "listDevices" | "updateDevice" | "deleteDevice" | "rotateToken">;
type TokenHandlers = Pick<Handlers, "createToken" | "listTokens" | "revokeToken">;

/** Tokens, devices and pairing over the wire. */
export function registerAccess(
  router: ConnectRouter,
  { core, process, clock }: { core: Core; process: GatewayProcess; clock: Clock },
): ConnectRouter {
  return router.service(AccessService, {
    ...pairingHandlers(core, process, new PairingGuard(clock)),
    ...deviceHandlers(core, process),
    ...tokenHandlers(core),
  });
}

function pairingHandlers({ access, events }: Core, process: GatewayProcess, guard: PairingGuard): PairingHandlers {
  return {
    async requestPairing(request, context) {
      const peer = peerOf(context);
      const ask = () => access.pairings.request({ ...request, peer });
      const text = request.setupCode;
      const { request: pairingRequest, redeemSecret } =
        text === "" ? await ask() : await guard.check({ text, wanted: "setupCode", bucket: peer.bucket }, ask);
      return { pairingRequest, redeemSecret, pollInterval: durationFromMs(pollIntervalMs) };
    },
    redeemPairing({ redeemSecret: text }, context) {
      const { bucket } = peerOf(context);
      return guard.check({ text, wanted: "redeemSecret", bucket }, () => access.pairings.redeem(text));
    },
    async listPairingRequests(request) {
      const { items, nextPageToken, sequence } = await access.pairings.list(request);
      return { pairingRequests: [...items], nextPageToken, cursor: events.cursor(sequence) };
    },
    async resolvePairingRequest(request, context) {
      return { pairingRequest: await access.pairings.resolve({ ...request, caller: callerOf(context) }) };
    },
    async createSetupCode({ scopes, ttl }, context) {
      const wanted = { scopes, ttlMs: msOf(ttl, "ttl"), caller: callerOf(context) };
      const { code, expireTimeMs } = await access.setupCodes.create(wanted);
      return { setupCode: code, urls: reachable(process.urls()), expireTime: timestampFromMs(expireTimeMs) };
    },
  };
}

function deviceHandlers({ access, events }: Core, process: GatewayProcess): DeviceHandlers {
  return {
    async listDevices(request) {
      const { items, nextPageToken, sequence } = await access.devices.list(request);
      const connected = new Set(process.clients().map(({ principal }) => principal));
      const devices = items.map((device) => ({ ...device, online: connected.has(device.name) }));
      return { devices, nextPageToken, cursor: events.cursor(sequence) };
    },
    async updateDevice({ device, updateMask }, context) {
      if (device === undefined) throw invalidField("device", "is missing; name the device to update");
      const paths = updateMask?.paths ?? [];
      return { device: await access.devices.update({ device, paths, caller: callerOf(context) }) };
    },
    async deleteDevice({ name }, context) {
      await access.devices.delete(name, callerOf(context));
      return {};
    },
    async rotateToken(_request, context) {
      return { token: await access.devices.rotate(callerOf(context)) };
    },
  };
}

function tokenHandlers({ access, events }: Core): TokenHandlers {
  return {
    createToken({ tokenId, scopes, ttl }, context) {
      return access.tokens.create({ tokenId, scopes, ttlMs: msOf(ttl, "ttl"), caller: callerOf(context) });
    },
    async listTokens(request) {
      const { items, nextPageToken, sequence } = await access.tokens.list(request);
      return { tokens: [...items], nextPageToken, cursor: events.cursor(sequence) };
    },
    async revokeToken({ name }, context) {
      await access.tokens.revoke(name, callerOf(context).principal);
      return {};
    },
  };
}

function callerOf({ values }: HandlerContext): Caller {
  return values.get(callerKey);
}

/** Where the call comes from; nowhere when it came over no connection. */
function peerOf({ values }: HandlerContext): { readonly address: string; readonly bucket: string } {
  const connection = values.get(callKey)?.connection;
  return { address: connection?.remoteAddress ?? "", bucket: connection?.bucket ?? "" };
}

function msOf(duration: Duration | undefined, field: string): number | undefined {
  if (duration === undefined) return undefined;
  const ms = durationMs(duration);
  if (Number.isSafeInteger(Math.trunc(ms))) return ms;
  throw invalidField(field, "is no length of time");
}

/** Addresses that can be typed elsewhere: "every address of this machine" is said as what they are. */
function reachable(urls: readonly string[]): string[] {
  return urls.flatMap((url) => {
    const { protocol, hostname, port } = new URL(url);
    if (hostname !== "0.0.0.0" && hostname !== "[::]") return [url];
    const outer = ownAddresses().filter(({ address, internal }) => !internal && !address.startsWith("fe80:"));
    return outer.map(({ address }) => `${protocol}//${address.includes(":") ? `[${address}]` : address}:${port}`);
  });
}
