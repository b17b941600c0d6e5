/** What was thrown, in words. */

import { isLostModule } from "../host/lost-module.ts";

/** The message of an error, or what it means where that would only name a file; anything else as text. */
export function errorWords(error: unknown): string {
  if (isLostModule(error)) return "a part of the program is gone: it was replaced on disk while it ran; restart it";
  return error instanceof Error ? error.message : String(error);
}
