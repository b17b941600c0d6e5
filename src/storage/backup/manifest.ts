/** What an archive says about itself: its first file, and its last one, which lists the others. */

/** Version of the layout. */
export const backupFormat = 1;

/** Name of the first file of an archive. */
export const headName = "backup.json";
/** Name of its last one. */
export const manifestName = "manifest.json";
/** Where the store is in it. */
export const storeName = "state/openclaw.db";
/** Where the configuration file is in it, whatever it was called. */
export const configName = "config/openclaw.json";

/** The first file: enough to know whether the rest is of any use here. */
export interface BackupHead {
  readonly format: number;
  /** RFC 3339. */
  readonly createTime: string;
  /** Of the program that made it. */
  readonly version: string;
  /** Of the store in it. */
  readonly schema: number;
  /** Id of the gateway whose store it holds. */
  readonly gatewayId: string;
  /** Bytes of all files. */
  readonly estimatedBytes: number;
}

/** One file of an archive. */
export interface BackupFile {
  /** "state/…", "config/…" or "workspace/…". */
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** The last file. */
export interface BackupManifest extends Omit<BackupHead, "estimatedBytes"> {
  readonly files: readonly BackupFile[];
  /** What is not in it and why, or may not be whole. */
  readonly warnings: readonly string[];
}

/** An archive, or what is to become of it, is not as it should be. The message says what to do. */
export class BackupError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "BackupError";
  }
}

/** The first file, checked. Throws a BackupError for what is none, and for one a newer program made. */
export function parseHead(text: string, newestSchema: number): BackupHead {
  const head = parseObject(headName, text);
  const { format, createTime, version, schema, gatewayId, estimatedBytes } = head;
  if (typeof format !== "number" || typeof version !== "string") throw new BackupError("it is no backup of a gateway");
  if (format > backupFormat || Number(schema) > newestSchema) {
    throw new BackupError(`it was made by version ${version}, which is newer; use that version, or a later one`);
  }
  const known =
    typeof createTime === "string" &&
    typeof gatewayId === "string" &&
    Number.isSafeInteger(schema) &&
    Number.isSafeInteger(estimatedBytes);
  if (!known) throw new BackupError(`its ${headName} is damaged`);
  return head as unknown as BackupHead;
}

/** The last file, checked. Throws a BackupError. */
export function parseManifest(text: string): BackupManifest {
  const manifest = parseObject(manifestName, text);
  const { files, warnings } = manifest;
  const known =
    Array.isArray(files) &&
    files.every(isFile) &&
    Array.isArray(warnings) &&
    warnings.every((one) => typeof one === "string");
  if (!known) throw new BackupError(`its ${manifestName} is damaged`);
  return manifest as unknown as BackupManifest;
}

function parseObject(name: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new BackupError(`its ${name} is damaged`, error);
  }
  throw new BackupError(`its ${name} is damaged`);
}

function isFile(value: unknown): value is BackupFile {
  const { path, size, sha256 } = Object(value) as Partial<Record<keyof BackupFile, unknown>>;
  return typeof path === "string" && Number.isSafeInteger(size) && typeof sha256 === "string";
}
