/** The gate every RPC passes on its headers, before its body is read: state, policy, credential, scope, open streams. */

import type { DescMethod } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { type Caller, holds } from "../../core/access/scopes.ts";
import { Failure, rateLimited, scopeMissing, unavailable } from "../../core/errors.ts";
import { type Call, callKey } from "../call/call.ts";
import { anonymousCaller, callerKey } from "../caller-key.ts";
import { policyMissing } from "../door-failures.ts";
import { toConnectError } from "../failures.ts";
import type { ServerState } from "../server-options.ts";
import type { Authenticator } from "./authenticator.ts";
import type { Lockout } from "./lockout.ts";
import { accessOf, type MethodAccess } from "./method-access.ts";
import type { StreamSlots } from "./stream-slots.ts";

/** What the Gate needs. */
export interface GateOptions {
  readonly authenticator: Authenticator;
  readonly slots: StreamSlots;
  /** Counts calls of methods that need no credential. */
  readonly anonymousCalls: Lockout;
  /** As in ServerOptions; "draining" here means that the server itself is stopping. */
  readonly state: () => ServerState["state"];
  /** True when reflection needs no credential. */
  readonly openReflection: boolean;
}

/** Lets a call in or fails it. Use `check` as the protocol library's request gate. */
export class Gate {
  readonly #authenticator: Authenticator;
  readonly #slots: StreamSlots;
  readonly #anonymousCalls: Lockout;
  readonly #state: () => ServerState["state"];
  readonly #openReflection: boolean;
  readonly #known = new Map<DescMethod, MethodAccess>();

  constructor({ authenticator, slots, anonymousCalls, state, openReflection }: GateOptions) {
    this.#authenticator = authenticator;
    this.#slots = slots;
    this.#anonymousCalls = anonymousCalls;
    this.#state = state;
    this.#openReflection = openReflection;
  }

  /** Sets the caller (callerKey) of the context, or throws the ConnectError its caller gets. */
  readonly check = (context: HandlerContext): void => {
    const call = context.values.get(callKey);
    if (call === undefined) throw toConnectError(policyMissing(context.method.name));
    call.watch(context);
    try {
      context.values.set(callerKey, this.#admit(call));
    } catch (error) {
      throw error instanceof Failure ? toConnectError(error) : error;
    }
  };

  /** Gives back what an ended call held. */
  release(call: Call): void {
    if (!call.holdsSlot) return;
    call.holdsSlot = false;
    this.#slots.release(call.principal);
  }

  #admit(call: Call): Caller {
    const { scope, always, counted } = this.#access(call.method);
    const state = this.#state();
    if (state === "starting" && !always) throw unavailable(state);
    if (state === "draining" && (!always || call.isStream)) throw unavailable(state);
    if (counted) this.#count(call.connection.bucket);
    const caller = scope === "nobody" ? anonymousCaller : this.#authenticate(call);
    call.principal = caller.principal;
    if (typeof scope === "number" && !holds(caller, scope)) throw scopeMissing(scope, caller.scopes);
    if (call.isStream) {
      this.#slots.take(caller.principal);
      call.holdsSlot = true;
      if (caller.ended !== undefined) call.endOn(caller.ended);
    }
    return caller;
  }

  #count(bucket: string): void {
    const remainingMs = this.#anonymousCalls.remainingMs(bucket);
    if (remainingMs > 0) throw rateLimited("calls without a credential", remainingMs);
    this.#anonymousCalls.recordFailure(bucket);
  }

  #authenticate({ request, connection }: Call): Caller {
    const { headers } = request;
    const caller = this.#authenticator.authenticate({
      authorization: headers.authorization,
      origin: headers.origin,
      proxied: isProxied(headers),
      peer: connection,
    });
    connection.principal = caller.principal;
    return caller;
  }

  #access(method: DescMethod): MethodAccess {
    let access = this.#known.get(method);
    if (access === undefined) {
      access = accessOf(method, this.#openReflection);
      this.#known.set(method, access);
    }
    return access;
  }
}

/** True when a proxy says it forwarded the request: then the connection's address is the proxy's, not the caller's. */
export function isProxied(headers: NodeJS.Dict<string | string[]>): boolean {
  return (
    headers.forwarded !== undefined || headers["x-forwarded-for"] !== undefined || headers["x-real-ip"] !== undefined
  );
}
