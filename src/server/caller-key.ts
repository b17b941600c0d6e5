/** Where a handler finds out who calls. */

import { type ContextKey, createContextKey } from "@connectrpc/connect";
import type { Caller } from "../core/access/scopes.ts";

/** Nobody: what a call without a credential is, where that is allowed. Holds no scope. */
export const anonymousCaller: Caller = { principal: "anonymous", scopes: [] };

/** Key of the caller in `context.values`; the gate sets it before any handler runs. */
export const callerKey: ContextKey<Caller> = createContextKey<Caller>(anonymousCaller, { description: "caller" });
