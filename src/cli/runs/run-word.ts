/** The word that names a run on a command line. */

/** For commands that take one run. */
export const runWord = {
  name: "run",
  help: "its id, {session}/{id}, or its whole name; an id alone is looked up in all sessions",
} as const;
