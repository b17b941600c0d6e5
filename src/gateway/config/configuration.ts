/** The configuration as the gateway plugs it: callers' requests go to the files and to what runs, errors become failures. */

import { create, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Config, ConfigSchema } from "../../../gen/openclaw/gateway/v1/config_pb.ts";
import type { ChangeOptions } from "../../config/document/commit-texts.ts";
import { requirePath, schemaAt, viewAt } from "../../config/document/config-view.ts";
import { wantedEdits } from "../../config/document/restore-secrets.ts";
import type { ConfigEdit } from "../../config/edit/edit-text.ts";
import { isObject } from "../../config/edit/plain-value.ts";
import type { LiveChange, LiveConfig } from "../../config/reload/live-config.ts";
import { configInvalid, confirmationClosed } from "../../core/config/config-failures.ts";
import type {
  ChannelChange,
  ConfigEtags,
  ConfigSchemaPart,
  ConfigTerms,
  ConfigUpdate,
  ConfigUpdated,
  Configuration,
  RevisionPage,
} from "../../core/config/configuration.ts";
import { notFound } from "../../core/errors.ts";
import { changeChannel } from "./channel-changes.ts";
import {
  configFailure,
  describeChange,
  describeConfirmation,
  describeProblem,
  describeRevision,
  effects,
  revisionNumber,
} from "./config-words.ts";
import { pageOfRevisions } from "./revisions.ts";

/** The configuration of a gateway that runs. */
export class GatewayConfiguration implements Configuration {
  readonly #live: LiveConfig;

  constructor(live: LiveConfig) {
    this.#live = live;
  }

  get etags(): ConfigEtags {
    return { disk: this.#live.disk.etag, applied: this.#live.appliedEtag };
  }

  async get(path: string, withDefaults: boolean): Promise<Config> {
    return await asFailures(async () => this.#describe(requirePath(path), withDefaults));
  }

  async schema(path: string): Promise<ConfigSchemaPart> {
    return await asFailures(async () => {
      const found = await schemaAt(requirePath(path));
      if (found === undefined) throw notFound(`configuration key ${path}`);
      const { schema, effect } = found;
      const part = effect.kind === "part" ? effect.part : "";
      return { jsonSchema: JSON.stringify(schema), effect: effects[effect.kind], part };
    });
  }

  async update({ edits, mergePatch, ...terms }: ConfigUpdate): Promise<ConfigUpdated> {
    return await asFailures(async () => {
      const wanted = edits.map(({ path, value }) => ({ path: requirePath(path), value }));
      const patch = parsePatch(mergePatch);
      const change = await this.#live.change((written) => editsFor(written, wanted, patch), {
        ...optionsOf(terms),
        force: terms.force,
      });
      return await this.#updated(change);
    });
  }

  async changeChannel(change: ChannelChange): Promise<void> {
    await changeChannel(this.#live, change);
  }

  async confirm(revision: string): Promise<Config> {
    const number = revision === "" ? undefined : revisionNumber(revision);
    if (!(await this.#live.confirm(number))) throw confirmationClosed(revision);
    return await this.get("", false);
  }

  async reload(): Promise<ConfigUpdated> {
    return await asFailures(async () => this.#updated(await this.#live.reload()));
  }

  async listRevisions(page: { pageSize: number; pageToken: string; withDiff: boolean }): Promise<RevisionPage> {
    return await asFailures(() => pageOfRevisions(this.#live.document, this.#live.disk.etag, page));
  }

  async rollBack(name: string, terms: ConfigTerms): Promise<ConfigUpdated> {
    return await asFailures(async () => {
      const number = revisionNumber(name);
      if ((await this.#live.document.revisions.find(number)) === undefined) throw notFound(name);
      const note = terms.note || `rolled back to revision ${number}`;
      return await this.#updated(await this.#live.rollBack(number, { ...optionsOf(terms), note }));
    });
  }

  async #updated({ changes, warnings, revision }: LiveChange): Promise<ConfigUpdated> {
    return {
      config: await this.#describe([], false),
      changes: changes.map(describeChange),
      warnings: [...warnings],
      revision: revision && describeRevision(revision, { current: true }),
    };
  }

  async #describe(path: readonly (string | number)[], withDefaults: boolean): Promise<Config> {
    const { disk, document, confirmation } = this.#live;
    const waiting = await this.#live.waiting();
    const newest = await document.revisions.newest();
    // An element of a list has no place without the others.
    const index = path.findIndex((key) => typeof key === "number");
    const shown = index === -1 ? path : path.slice(0, index);
    const found = await viewAt(disk, shown, withDefaults);
    return create(ConfigSchema, {
      etag: disk.etag,
      appliedEtag: this.#live.appliedEtag,
      document: nested(shown, found),
      updateTime: newest && timestampFromMs(newest.timeMs),
      problems: disk.problem?.problems.map(describeProblem) ?? [],
      pendingChanges: waiting.map(describeChange),
      confirmation: confirmation && describeConfirmation(confirmation),
      path: document.path,
    });
  }
}

/** What the config room throws, as callers are told it. */
async function asFailures<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw configFailure(error);
  }
}

function optionsOf({ actor, etag, note, validateOnly, confirmWithinMs }: ConfigTerms): ChangeOptions & {
  readonly confirmWithinMs: number | undefined;
} {
  return { author: actor, note, validateOnly, confirmWithinMs, etag: etag === "" ? undefined : etag };
}

function parsePatch(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw configInvalid([{ field: "merge_patch", description: "is not JSON" }]);
  }
}

/** A patch that is no object would replace the whole document: that is never what is meant. */
function editsFor(written: unknown, edits: readonly ConfigEdit[], patch: unknown): ConfigEdit[] {
  if (!isObject(patch)) throw configInvalid([{ field: "merge_patch", description: "is not an object" }]);
  return wantedEdits(written, edits, patch);
}

/** The value in its place in the document. */
function nested(keys: readonly (string | number)[], value: unknown): JsonObject {
  if (value === undefined) return {};
  const whole = keys.reduceRight<JsonValue>((below, key) => ({ [key]: below }), value as JsonValue);
  return typeof whole === "object" && whole !== null && !Array.isArray(whole) ? whole : { value: whole };
}
