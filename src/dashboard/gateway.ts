/** The gateway this page came from. The page talks to nobody else, and keeps the credential for as long as its tab is open. */

import { type Client, Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { RunService } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { SessionService } from "../../gen/openclaw/gateway/v1/session_service_pb.ts";

/** What the gateway tells programs that call it. */
const headerHint = /:? send "authorization: [^"]*"$/;

const storageKey = "openclaw.authorization";

/** What the gateway wants to know of its callers. */
export type Wanted = "nothing" | "token" | "password";

/** Typed calls with one credential. */
export class Gateway {
  readonly gateway: Client<typeof GatewayService>;
  readonly sessions: Client<typeof SessionService>;
  readonly runs: Client<typeof RunService>;
  readonly events: Client<typeof EventService>;

  /** `authorization` is the header's value; empty for a gateway that wants none. */
  constructor(authorization: string) {
    const authorize: Interceptor = (next) => (request) => {
      if (authorization !== "") request.header.set("authorization", authorization);
      return next(request);
    };
    const transport = createConnectTransport({ baseUrl: location.origin, interceptors: [authorize] });
    this.gateway = createClient(GatewayService, transport);
    this.sessions = createClient(SessionService, transport);
    this.runs = createClient(RunService, transport);
    this.events = createClient(EventService, transport);
  }
}

/** Asks the gateway, without a credential, what it wants. */
export async function whatIsWanted(): Promise<Wanted> {
  try {
    await new Gateway("").gateway.getGateway({});
    return "nothing";
  } catch (thrown) {
    const { code, rawMessage } = ConnectError.from(thrown);
    if (code !== Code.Unauthenticated) throw thrown;
    return rawMessage.includes("Basic") ? "password" : "token";
  }
}

/** The header for what somebody typed. Tokens the gateway made are known by how they begin. */
export function authorizationFor(wanted: Wanted, secret: string): string {
  if (wanted === "token" || /^oc[a-z]?_/.test(secret)) return `Bearer ${secret}`;
  const bytes = new TextEncoder().encode(`:${secret}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** What this tab was signed in with; undefined when it was not. */
export function rememberedAuthorization(): string | undefined {
  return sessionStorage.getItem(storageKey) ?? undefined;
}

/** Remembers it until the tab is closed; undefined forgets it. */
export function remember(authorization: string | undefined): void {
  if (authorization === undefined) sessionStorage.removeItem(storageKey);
  else sessionStorage.setItem(storageKey, authorization);
}

/** What went wrong, for people. */
export function words(thrown: unknown): string {
  const { code, rawMessage } = ConnectError.from(thrown);
  if (code === Code.Unknown) return "the gateway does not answer";
  return code === Code.Unauthenticated ? rawMessage.replace(headerHint, "") : rawMessage;
}

/** Why a secret that was typed is refused, and what to do then. What the gateway could tell of it says so itself. */
export function refusal(thrown: unknown, wanted: Wanted): string {
  const { code, rawMessage } = ConnectError.from(thrown);
  const isPlain = code === Code.Unauthenticated && headerHint.test(rawMessage);
  return isPlain ? `${words(thrown)}; copy the whole ${wanted} again, and nothing else` : words(thrown);
}

/** A new UUID; also where the page came over plain HTTP from another machine, and `randomUUID` is not there. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
