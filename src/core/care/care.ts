/** Daily care of a gateway: its checks, and its backups. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Channel } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import type { ModelCatalog } from "../agent/model.ts";
import type { Store } from "../store.ts";
import type { BackupSource } from "./backup-source.ts";
import { ChannelsCheck } from "./channels-check.ts";
import type { Check } from "./check.ts";
import { Checkup } from "./checkup.ts";
import { ClockCheck } from "./clock-check.ts";
import { DeliveriesCheck } from "./deliveries-check.ts";
import { type ModelChain, ModelCheck } from "./model-check.ts";

/** What the disk adds to core's own checks. */
export interface CareParts {
  readonly checks: readonly Check[];
  readonly backups: BackupSource;
}

/** What care looks after. */
export interface CareOptions {
  readonly store: Store;
  readonly models: ModelCatalog;
  /** Models that are asked when nothing else is said; read for every check. */
  readonly chain: () => ModelChain;
  /** Every configured channel as it is now; read for every check. */
  readonly channels: () => Promise<readonly Channel[]>;
  readonly clock: Clock;
  readonly parts: CareParts;
}

/** Checks and backups. */
export class Care {
  readonly checkup: Checkup;
  readonly backups: BackupSource;

  constructor({ store, models, chain, channels, clock, parts }: CareOptions) {
    const newestEventMs = (): Promise<number | undefined> => readNewestEventMs(store);
    this.checkup = new Checkup([
      ...parts.checks,
      new ClockCheck(clock, newestEventMs),
      new ModelCheck(models, chain),
      new ChannelsCheck(channels, clock),
      new DeliveriesCheck(store, clock),
    ]);
    this.backups = parts.backups;
  }
}

async function readNewestEventMs(store: Store): Promise<number | undefined> {
  const [newest] = await store.read(async ({ events }) => events.readBefore(Number.MAX_SAFE_INTEGER, 1));
  return newest?.time && timestampMs(newest.time);
}
