/** Daily care of a gateway: its checks, and its backups. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Channel } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import type { ModelCatalog } from "../agent/model.ts";
import type { Blobs } from "../blob/blobs.ts";
import type { Store } from "../store.ts";
import type { BackupPiece, BackupRequest, BackupSource } from "./backup-source.ts";
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

/** The gateway as far as checks look at it; what can change is read for every check. */
export interface CaredFor {
  readonly store: Store;
  readonly models: ModelCatalog;
  /** Models that are asked when nothing else is said. */
  readonly settings: { readonly agent: ModelChain };
  readonly blobs: Pick<Blobs, "keepAll">;
  readonly channelOperator: { list(): Promise<{ readonly channels: readonly Channel[] }> };
}

/** What care looks after. */
export interface CareOptions {
  readonly gateway: CaredFor;
  readonly clock: Clock;
  readonly parts: CareParts;
}

/** Checks and backups. */
export class Care {
  readonly checkup: Checkup;
  readonly backups: BackupSource;

  constructor({ gateway, clock, parts }: CareOptions) {
    const { store, models } = gateway;
    const newestEventMs = (): Promise<number | undefined> => readNewestEventMs(store);
    this.checkup = new Checkup([
      ...parts.checks,
      new ClockCheck(clock, newestEventMs),
      new ModelCheck(models, () => gateway.settings.agent),
      new ChannelsCheck(async () => (await gateway.channelOperator.list()).channels, clock),
      new DeliveriesCheck(store, clock),
    ]);
    this.backups = { create: (request) => backUp(gateway, parts.backups, request) };
  }
}

/** The store in a backup names blobs as they were at one moment: none of them may be gone when its turn comes. */
async function* backUp(
  { blobs }: Pick<CaredFor, "blobs">,
  backups: BackupSource,
  request: BackupRequest,
): AsyncGenerator<BackupPiece> {
  const release = await blobs.keepAll();
  // A reader that goes away may never come back to this generator.
  request.signal.addEventListener("abort", release, { once: true });
  try {
    request.signal.throwIfAborted();
    yield* backups.create(request);
  } finally {
    request.signal.removeEventListener("abort", release);
    release();
  }
}

async function readNewestEventMs(store: Store): Promise<number | undefined> {
  const [newest] = await store.read(async ({ events }) => events.readBefore(Number.MAX_SAFE_INTEGER, 1));
  return newest?.time && timestampMs(newest.time);
}
