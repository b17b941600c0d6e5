/**
 * The configuration port: the document a gateway is run by, as callers see and change it. Core does not know what the keys
 * mean: whoever builds the gateway fills the port.
 */

import type { JsonValue } from "@bufbuild/protobuf";
import type { Config, ConfigChange, ConfigRevision } from "../../../gen/openclaw/gateway/v1/config_pb.ts";

/** Versions of the configuration. */
export interface ConfigEtags {
  /** Of what is on the disk. */
  readonly disk: string;
  /** Of what is in force. */
  readonly applied: string;
}

/** The part of a schema that stands at a key. */
export interface ConfigSchemaPart {
  /** JSON. */
  readonly jsonSchema: string;
  readonly effect: ConfigChange["effect"];
  readonly part: string;
}

/** Who changes the configuration, and on which conditions. */
export interface ConfigTerms {
  /** Principal. */
  readonly actor: string;
  /** Empty: whatever is there is changed. */
  readonly etag: string;
  readonly note: string;
  readonly validateOnly: boolean;
  /** Undefined: the change stays. */
  readonly confirmWithinMs: number | undefined;
}

/** A change as it is asked for. */
export interface ConfigUpdate extends ConfigTerms {
  /** A value that is undefined removes what is at the path. */
  readonly edits: readonly { readonly path: string; readonly value: JsonValue | undefined }[];
  /** JSON; empty for none. */
  readonly mergePatch: string;
  readonly force: boolean;
}

/** What came of a change. */
export interface ConfigUpdated {
  readonly config: Config;
  readonly changes: ConfigChange[];
  readonly warnings: string[];
  /** Undefined when nothing was written. */
  readonly revision: ConfigRevision | undefined;
}

/** What is to be another one in a channel's settings. */
export interface ChannelChange {
  /** "channels/{channel}". */
  readonly name: string;
  readonly kind: string;
  readonly account: string;
  /** Undefined: as it is. */
  readonly enabled?: boolean;
  /** Undefined: as it is; empty: none of its own. */
  readonly title?: string;
  /** Principal that changes it. */
  readonly actor: string;
}

/** Where the settings of channels are changed. */
export interface ChannelConfiguration {
  /**
   * Resolves when the change is written and, as far as the configuration's reload mode allows, in force. Fails with NOT_FOUND
   * when the channel is not configured, and with FAILED_PRECONDITION/CONFIG_INVALID when it cannot be changed; nothing is then.
   */
  changeChannel(change: ChannelChange): Promise<void>;
}

/** A page of the history. */
export interface RevisionPage {
  readonly revisions: ConfigRevision[];
  readonly nextPageToken: string;
}

/** The configuration of this gateway. Names and tokens that are wrong fail with FIELD_INVALID. */
export interface Configuration extends ChannelConfiguration {
  readonly etags: ConfigEtags;
  /** What is below a key; empty is everything. */
  get(path: string, withDefaults: boolean): Promise<Config>;
  /** Fails with NOT_FOUND when no key can be at the path. */
  schema(path: string): Promise<ConfigSchemaPart>;
  /** Fails with CONFIG_INVALID, ETAG_MISMATCH or FIELD_INVALID, and then changes nothing. */
  update(update: ConfigUpdate): Promise<ConfigUpdated>;
  /** Fails with CONFIRMATION_CLOSED when this revision does not wait; empty is the one that does. */
  confirm(revision: string): Promise<Config>;
  /** Fails with CONFIG_INVALID. */
  reload(): Promise<ConfigUpdated>;
  /** Newest first. */
  listRevisions(page: { pageSize: number; pageToken: string; withDiff: boolean }): Promise<RevisionPage>;
  /** Fails as `update` does, and with NOT_FOUND. */
  rollBack(name: string, terms: ConfigTerms): Promise<ConfigUpdated>;
}
