/** Care of a state folder no gateway has open, for a command line that takes its place. */

import type { LoadedConfig } from "../config/load-config.ts";
import type { BackupPiece, BackupRequest } from "../core/care/backup-source.ts";
import { type CheckResult, Checkup, type CheckupRequest } from "../core/care/checkup.ts";
import { ModelCheck } from "../core/care/model-check.ts";
import { type ModelProbe, probeModel } from "../core/care/probe-model.ts";
import { systemClock } from "../lib/clock.ts";
import { createModelCatalog } from "../models/model-catalog.ts";
import { type ProviderChoice, providerChoices } from "../models/provider-choices.ts";
import { keyVariablesOf } from "../models/resolve-endpoint.ts";
import type { BackupManifest } from "../storage/backup/manifest.ts";
import type { Restored, RestoreOptions } from "../storage/backup/restore-backup.ts";
import { StoreCheck } from "../storage/care/store-check.ts";
import { acquireStateLock, hasBeenUsed } from "../storage/state-lock.ts";
import { type CareSurroundings, careParts } from "./care.ts";
import { modelSettings } from "./settings.ts";

/** Everything that can be done then. */
export const localCare = {
  createOfflineBackup,
  diagnoseOffline,
  listProviders,
  keyVariable,
  testModel,
  verifyBackup,
  restoreBackup,
} as const;

/** A backup of a state folder no gateway has; none can start meanwhile. Fails with a StateLockedError, and as `BackupSource`. */
async function* createOfflineBackup(
  surroundings: CareSurroundings,
  request: BackupRequest,
): AsyncGenerator<BackupPiece> {
  const { stateDir, configPath } = surroundings.places();
  const lock = acquireStateLock(stateDir, { pid: process.pid, startTimeMs: systemClock.nowMs() }, configPath);
  try {
    yield* careParts(surroundings).backups.create(request);
  } finally {
    lock.release();
  }
}

/** The checks of a gateway that does not run. The store is only read, so that it needs no lock. */
async function* diagnoseOffline(loaded: LoadedConfig, request: CheckupRequest): AsyncGenerator<CheckResult> {
  const models = createModelCatalog(modelSettings(loaded), systemClock);
  const { model } = loaded.config.agents.defaults;
  const chain = { model: model.primary, fallbacks: model.fallbacks };
  try {
    yield* new Checkup([new StoreCheck(loaded.stateDir), new ModelCheck(models, () => chain)]).diagnose(request);
  } finally {
    models.close();
  }
}

/** The model providers this configuration could use. */
function listProviders(loaded: LoadedConfig): ProviderChoice[] {
  return providerChoices(modelSettings(loaded));
}

/** The environment variable the key of a provider is looked for in. */
function keyVariable(provider: string): string {
  return keyVariablesOf(provider)[0];
}

/** One real call to a model, as this configuration would make it. */
async function testModel(loaded: LoadedConfig, reference: string, signal: AbortSignal): Promise<ModelProbe> {
  const models = createModelCatalog(modelSettings(loaded), systemClock);
  try {
    return await probeModel(models, reference, signal);
  } finally {
    models.close();
  }
}

/** See storage/backup/verify-backup.ts. */
async function verifyBackup(path: string, signal: AbortSignal): Promise<BackupManifest> {
  return await (await import("../storage/backup/verify-backup.ts")).verifyBackup(path, signal);
}

/**
 * See storage/backup/restore-backup.ts. A state folder that has been used is locked meanwhile, so that no gateway is on it;
 * fails with a StateLockedError when one is.
 */
async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { restoreBackup: restore } = await import("../storage/backup/restore-backup.ts");
  const { stateDir } = options;
  const lock = hasBeenUsed(stateDir)
    ? acquireStateLock(stateDir, { pid: process.pid, startTimeMs: systemClock.nowMs() })
    : undefined;
  try {
    return await restore(options);
  } finally {
    lock?.release();
  }
}
