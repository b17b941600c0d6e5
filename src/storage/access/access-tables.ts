/** The tables of access of one transaction or snapshot. */

import { DeviceSchema, PairingRequestSchema, TokenSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import type { AccessWriter } from "../../core/access/access-table.ts";
import type { Executor } from "../sqlite/connection.ts";
import { HolderStore, holderKind } from "./holder-store.ts";
import { RetiredSecretStore } from "./retired-secret-store.ts";
import { SetupCodeStore } from "./setup-code-store.ts";

const tokens = holderKind("tokens", TokenSchema);
const devices = holderKind("devices", DeviceSchema);
const pairings = holderKind("pairing_requests", PairingRequestSchema);

/** Makes them; they work as long as `sql` does. */
export function openAccessTables(sql: Executor): AccessWriter {
  return {
    tokens: new HolderStore(sql, tokens),
    devices: new HolderStore(sql, devices),
    pairings: new HolderStore(sql, pairings),
    setupCodes: new SetupCodeStore(sql),
    retired: new RetiredSecretStore(sql),
  };
}
