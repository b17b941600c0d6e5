/** What is wrong with the configuration: every problem at once, each with its place. */

/** Exit code of a program that cannot start because of its configuration (EX_CONFIG). */
export const configExitCode = 78;

/** One thing to put right. */
export interface ConfigProblem {
  /** What it is about: a key path "gateway.port", a flag "--port", a variable "OPENCLAW_GATEWAY_PORT", or a file. */
  readonly subject: string;
  /** What is wrong, without secrets: "must be a whole number". */
  readonly text: string;
  /** Where: "~/.openclaw/openclaw.json:3:5"; absent when it is not in a file. */
  readonly place?: string;
  /** What to do next: "did you mean gateway.port?" */
  readonly hint?: string;
}

/** The configuration cannot be used. `message` holds one line a problem; the program exits with `configExitCode`. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** An error with one problem that stands in no file. */
export function configError(subject: string, text: string, hint?: string): ConfigError {
  return new ConfigError([{ subject, text, hint }]);
}

/** The problem as one line: "gateway.prot: unknown key at ~/.openclaw/openclaw.json:3:5; did you mean gateway.port?" */
export function formatProblem(problem: ConfigProblem): string {
  return `${problem.subject}: ${problemText(problem)}`;
}

/** The problem without its subject: "unknown key at ~/.openclaw/openclaw.json:3:5; did you mean gateway.port?" */
export function problemText({ text, place, hint }: ConfigProblem): string {
  return `${text}${place === undefined ? "" : ` at ${place}`}${hint === undefined ? "" : `; ${hint}`}`;
}

/** The files changed since the caller read them. */
export class ConfigConflictError extends Error {
  /** Etag of what is on the disk now. */
  readonly currentEtag: string;

  constructor(currentEtag: string) {
    super("the configuration changed meanwhile; read it again and repeat the change");
    this.name = "ConfigConflictError";
    this.currentEtag = currentEtag;
  }
}
