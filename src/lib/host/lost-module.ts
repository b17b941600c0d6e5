/** Parts of the program that are gone from the disk. */

/** True for an `import` of a file that is not there any more: the program was replaced while it ran, as package managers do. */
export function isLostModule(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, url } = error as NodeJS.ErrnoException & { readonly url?: unknown };
  // A package that was never installed has no address.
  return code === "ERR_MODULE_NOT_FOUND" && typeof url === "string" && url.startsWith("file:");
}
