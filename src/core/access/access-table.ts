/** What the store remembers of access: who holds which secret, by its digest alone. */

import type { Device, PairingRequest, Token } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import type { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import type { EndReason } from "./access-failures.ts";

/** A resource, and the SHA-256 of the secret that proves to be it. Some pairing requests have none: nothing is redeemed. */
export interface Holder<Resource> {
  readonly resource: Resource;
  readonly digest: Uint8Array | undefined;
}

/** Reads the holders of one kind. */
export interface HolderReader<Resource> {
  find(name: string): Promise<Holder<Resource> | undefined>;
  findByDigest(digest: Uint8Array): Promise<Holder<Resource> | undefined>;
  /** At most `limit` with a name above `after`, by name. */
  list(after: string, limit: number): Promise<Holder<Resource>[]>;
  count(): Promise<number>;
}

/** Changes the holders of one kind. */
export interface HolderWriter<Resource> extends HolderReader<Resource> {
  /** Inserts it, or replaces the one of the same name. */
  put(holder: Holder<Resource>): Promise<void>;
  delete(name: string): Promise<void>;
}

/** A code that approves one device in advance. */
export interface SetupCode {
  readonly digest: Uint8Array;
  /** What the device may be granted. */
  readonly scopes: readonly Scope[];
  readonly expireTimeMs: number;
  /** When what it grants ends; undefined: never. */
  readonly grantEndMs: number | undefined;
  /** Principal that made it. */
  readonly creator: string;
  readonly used: boolean;
}

/** Setup codes. */
export interface SetupCodeTable {
  find(digest: Uint8Array): Promise<SetupCode | undefined>;
  put(code: SetupCode): Promise<void>;
  /** Takes back the unused codes of a principal. */
  deleteOf(creator: string): Promise<void>;
  /** Codes that can still be used. */
  countUsable(nowMs: number): Promise<number>;
  /** Forgets codes that ended before `endedMs`. */
  prune(endedMs: number): Promise<void>;
}

/** A secret that was good once, so that whoever still uses it can be told why it no longer is. */
export interface RetiredSecret {
  readonly digest: Uint8Array;
  readonly why: EndReason;
  readonly endTimeMs: number;
}

/** Secrets that were good once. */
export interface RetiredSecretTable {
  /** The latest ones, at most `limit`, oldest first. */
  list(limit: number): Promise<RetiredSecret[]>;
  put(secret: RetiredSecret): Promise<void>;
  /** Forgets those that ended before `endedMs`, and all but the latest `limit`. */
  prune(endedMs: number, limit: number): Promise<void>;
}

/** Everything about access, as one snapshot has it. */
export interface AccessReader {
  readonly tokens: HolderReader<Token>;
  readonly devices: HolderReader<Device>;
  readonly pairings: HolderReader<PairingRequest>;
  readonly retired: Pick<RetiredSecretTable, "list">;
}

/** Everything about access, inside a transaction. */
export interface AccessWriter {
  readonly tokens: HolderWriter<Token>;
  readonly devices: HolderWriter<Device>;
  readonly pairings: HolderWriter<PairingRequest>;
  readonly setupCodes: SetupCodeTable;
  readonly retired: RetiredSecretTable;
}
