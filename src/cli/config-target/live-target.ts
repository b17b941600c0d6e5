/** The configuration of a gateway that runs. */

import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { durationFromMs, timestampDate, timestampMs, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Client } from "@connectrpc/connect";
import {
  type Config,
  type ConfigChange,
  type ConfigRevision,
  ConfigChange_Effect as Effect,
  ConfigChange_Outcome as Outcome,
} from "../../../gen/openclaw/gateway/v1/config_pb.ts";
import type { ConfigService } from "../../../gen/openclaw/gateway/v1/config_service_pb.ts";
import { formatProblem } from "../../config/config-error.ts";
import type {
  ChangedKey,
  ChangeReport,
  ChangeTerms,
  ConfigState,
  ConfigTarget,
  RevisionReport,
  WantedChange,
} from "./config-target.ts";

const pageSize = 50;

/** Asks the gateway for everything. */
export class LiveTarget implements ConfigTarget {
  readonly kind = "gateway";
  readonly watched = true;
  readonly #config: Client<typeof ConfigService>;

  constructor(config: Client<typeof ConfigService>) {
    this.#config = config;
  }

  async state(withDefaults: boolean): Promise<ConfigState> {
    const { config } = await this.#config.getConfig({ withDefaults });
    const { path = "", etag = "", appliedEtag, document, problems = [], pendingChanges = [] } = config ?? {};
    const lines = problems.map(({ place, hint, ...problem }) =>
      formatProblem({ ...problem, ...(place && { place }), ...(hint && { hint }) }),
    );
    return { path, etag, appliedEtag, document, problems: lines, pending: pendingChanges.map(keyOf), ...waits(config) };
  }

  async change({ edits, patch, ...terms }: WantedChange): Promise<ChangeReport> {
    const wanted = edits.map(({ path, value }) => {
      return { path, value: value === undefined ? undefined : fromJson(ValueSchema, value as JsonValue) };
    });
    const mergePatch = patch === undefined ? "" : JSON.stringify(patch);
    return report(
      await this.#config.updateConfig({ ...requestOf(terms), edits: wanted, mergePatch, force: terms.force }),
    );
  }

  async rollBack(revision: number, terms: ChangeTerms): Promise<ChangeReport> {
    return report(await this.#config.rollBackConfig({ ...requestOf(terms), name: `config/revisions/${revision}` }));
  }

  async history(limit: number, withDiff: boolean): Promise<readonly RevisionReport[]> {
    const found: RevisionReport[] = [];
    let pageToken = "";
    do {
      const size = Math.min(pageSize, limit - found.length);
      const page = await this.#config.listConfigRevisions({ pageSize: size, pageToken, withDiff });
      found.push(...page.revisions.map(revisionOf));
      pageToken = page.nextPageToken;
    } while (pageToken !== "" && found.length < limit);
    return found;
  }

  async confirm(revision: number | undefined): Promise<void> {
    await this.#config.confirmConfig({ revision: revision === undefined ? "" : `config/revisions/${revision}` });
  }

  async reload(): Promise<ChangeReport> {
    return report(await this.#config.reloadConfig({}));
  }
}

function requestOf({ dryRun, note, etag = "", confirmWithinMs }: ChangeTerms) {
  const confirmWithin = confirmWithinMs === undefined ? undefined : durationFromMs(confirmWithinMs);
  return { validateOnly: dryRun, note, etag, confirmWithin };
}

interface Answer {
  readonly config?: Config | undefined;
  readonly changes: readonly ConfigChange[];
  readonly warnings: readonly string[];
  readonly revision?: ConfigRevision | undefined;
}

function report({ config, changes, warnings, revision }: Answer): ChangeReport {
  return {
    revision: revision && numberOf(revision),
    etag: config?.etag ?? "",
    changes: changes.map(keyOf),
    warnings,
    ...waits(config),
  };
}

function waits(config: Config | undefined): { confirmBy?: string } {
  const time = config?.confirmation?.expireTime;
  return time === undefined ? {} : { confirmBy: timestampDate(time).toISOString() };
}

function keyOf({ key, effect, part, outcome }: ConfigChange): ChangedKey {
  const done = outcomes[outcome];
  return { key, effect: effects[effect] ?? "gateway", ...(part && { part }), ...(done && { outcome: done }) };
}

const effects: Partial<Record<Effect, ChangedKey["effect"]>> = {
  [Effect.LIVE]: "live",
  [Effect.PART]: "part",
  [Effect.GATEWAY]: "gateway",
};

const outcomes: Partial<Record<Outcome, NonNullable<ChangedKey["outcome"]>>> = {
  [Outcome.APPLIED]: "applied",
  [Outcome.RESTARTING]: "restarting",
  [Outcome.WAITING]: "waiting",
};

function revisionOf(revision: ConfigRevision): RevisionReport {
  const { etag, createTime, author, note, current, diff } = revision;
  const timeMs = createTime === undefined ? 0 : timestampMs(createTime);
  return { number: numberOf(revision), etag, timeMs, author, note, current, diff };
}

function numberOf({ name }: ConfigRevision): number {
  return Number(name.slice(name.lastIndexOf("/") + 1));
}
