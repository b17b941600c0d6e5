/** Named tokens: credentials for programs and people, each with scopes of its own. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Token, TokenSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { Event_Change as Change } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import type { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { makeSecret } from "../../lib/secret/checked-secret.ts";
import { alreadyExists, invalidField, notFound } from "../errors.ts";
import { accessFull } from "./access-failures.ts";
import {
  type AccessPage,
  type AccessParts,
  holderBytes,
  listHolders,
  momentOf,
  msOf,
  type PageRequest,
  requireAccessName,
  retire,
} from "./access-parts.ts";
import { credentialShapes, digestOf } from "./credential-shapes.ts";
import type { Grant } from "./credentials.ts";
import { type Caller, checkScopes, requireGrantable } from "./scopes.ts";

const maxTokens = 1_000;
const longestMs = 10 * 366 * 86_400_000;

/** A token to make, and for whom. */
export interface NewToken {
  /** The last part of its name. */
  readonly tokenId: string;
  readonly scopes: readonly Scope[];
  /** Undefined: for ever. */
  readonly ttlMs: number | undefined;
  readonly caller: Caller;
}

/** Makes, lists and ends named tokens. */
export class Tokens {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /** The token and its secret, which nobody will ever see again. Fails with FIELD_INVALID, SCOPE_MISSING, ALREADY_EXISTS or ACCESS_FULL. */
  async create(wanted: NewToken): Promise<{ token: Token; secret: string }> {
    const { changes, credentials } = this.#parts;
    const { caller } = wanted;
    const name = `tokens/${wanted.tokenId}`;
    checkTokenId(wanted.tokenId);
    const scopes = checkScopes(wanted.scopes, "scopes");
    if (scopes.length === 0) throw invalidField("scopes", "is empty; name at least one, for example SCOPE_READ");
    requireGrantable(caller, scopes);
    const secret = makeSecret(credentialShapes.namedToken);
    const digest = digestOf(secret);
    const token = await changes.transact(caller.principal, async (recorder) => {
      const { tokens } = recorder.tables.access;
      if ((await tokens.find(name)) !== undefined) throw alreadyExists(name, "choose another id, or revoke it first");
      if ((await tokens.count()) >= maxTokens) throw accessFull("tokens", maxTokens, "revoke some first");
      const expireTimeMs = expiry(wanted, recorder.nowMs);
      const made = create(TokenSchema, {
        name,
        scopes,
        createTime: timestampFromMs(recorder.nowMs),
        expireTime: momentOf(expireTimeMs),
        creator: caller.principal,
      });
      await tokens.put({ resource: made, digest });
      await recorder.record(Change.CREATED, name, { case: "token", value: made });
      return made;
    });
    credentials.add(digest, grantOf(token));
    return { token, secret };
  }

  /** A page of all tokens by name, expired ones included. */
  async list(request: PageRequest): Promise<AccessPage<Token>> {
    const { store, credentials } = this.#parts;
    const page = await listHolders(store, request, {
      title: "tokens",
      tableOf: ({ access }) => access.tokens,
      bytesOf: () => holderBytes,
    });
    const items = page.items.map((token) => ({
      ...token,
      useTime: momentOf(credentials.lastUseMs(token.name)) ?? token.useTime,
    }));
    return { ...page, items };
  }

  /** Ends a token. Fails with NOT_FOUND. */
  async revoke(name: string, actor: string): Promise<void> {
    const { changes, credentials } = this.#parts;
    requireAccessName(name, "tokens");
    const digest = await changes.transact(actor, async (recorder) => {
      const { tokens, setupCodes } = recorder.tables.access;
      const holder = await tokens.find(name);
      if (holder === undefined) throw notFound(name);
      await tokens.delete(name);
      await setupCodes.deleteOf(name);
      await retire(recorder, holder.digest, "revoked");
      await recorder.record(Change.DELETED, name, { case: "token", value: holder.resource });
      return holder.digest;
    });
    if (digest !== undefined) credentials.end(digest, "revoked");
  }
}

/** What a token allows. */
export function grantOf({ name, scopes, expireTime }: Pick<Token, "name" | "scopes" | "expireTime">): Grant {
  return { principal: name, scopes, expireTimeMs: msOf(expireTime) };
}

function checkTokenId(id: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) return;
  throw invalidField("token_id", `${JSON.stringify(id.slice(0, 100))} is no id: use 1-64 of A-Z a-z 0-9 . _ -`);
}

/** When it ends. A token must not outlive the credential that made it, or expiry would be no bound at all. */
function expiry({ ttlMs, caller }: NewToken, nowMs: number): number | undefined {
  if (ttlMs !== undefined && (ttlMs <= 0 || ttlMs > longestMs)) {
    throw invalidField("ttl", `is not between 0 and ${longestMs / 1000} s`);
  }
  const endMs = ttlMs === undefined ? undefined : nowMs + ttlMs;
  if (caller.expireTimeMs === undefined || (endMs !== undefined && endMs <= caller.expireTimeMs)) return endMs;
  const leftSeconds = Math.max(0, Math.floor((caller.expireTimeMs - nowMs) / 1000));
  throw invalidField("ttl", `is longer than the ${leftSeconds} s your own credential has left; ask for less`);
}
