/** Why a file system refused something, in words. */

/** What was refused. */
export interface FileTrouble {
  /** The file or folder it was about. */
  readonly path: string;
  /** Why, to be read after the path: "is on a full disk". */
  readonly why: string;
  /** True when it may work later without anybody's doing: other files come and go. */
  readonly passing: boolean;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "may not be used by this account",
  EPERM: "may not be changed by this account",
  EROFS: "is on a read-only file system",
  ENOSPC: "is on a full disk",
  EDQUOT: "is beyond this account's share of the disk",
  ENOTDIR: "is below something that is no folder",
  EEXIST: "is no folder",
  EISDIR: "is a folder",
  ELOOP: "is a link that leads to itself",
  ENAMETOOLONG: "has a name that is too long",
  EIO: "is on a disk that does not work",
};

const passing = new Set(["ENOSPC", "EDQUOT"]);

/** What a thrown error says of a file; undefined when it is about something else, or says no more than that it is missing. */
export function fileTroubleOf(error: unknown): FileTrouble | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = "", path, syscall } = error as NodeJS.ErrnoException;
  // Anything else that exists already is in nobody's way but the caller's own.
  if (code === "EEXIST" && syscall !== "mkdir") return undefined;
  const why = code === "ENOTDIR" && syscall === "scandir" ? reasons.EEXIST : reasons[code];
  return why === undefined || path === undefined ? undefined : { path, why, passing: passing.has(code) };
}
