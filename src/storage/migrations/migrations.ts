/** Every schema the store ever had, in order. */

import type { Migration } from "../sqlite/migrate.ts";
import { firstTables } from "./0001-first-tables.ts";
import { access } from "./0002-access.ts";
import { channelTables } from "./0003-channels.ts";
import { deliveries } from "./0004-deliveries.ts";
import { blobTables } from "./0005-blobs.ts";
import { sentMessages } from "./0006-sent-messages.ts";
import { textIndex } from "./0007-text-index.ts";

/** Steps from an empty file to the schema this program knows. */
export const migrations: readonly Migration[] = [
  firstTables,
  access,
  channelTables,
  deliveries,
  blobTables,
  sentMessages,
  textIndex,
];
