/** What a command is: its words, its options, and what it does. */

import type { GatewayLink } from "../link/gateway-link.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** One option, "--name". `value` is what help calls its value: "n", "name". */
export type OptionSpec =
  | { readonly kind: "switch"; readonly help: string; readonly short?: string }
  | {
      readonly kind: "text";
      readonly help: string;
      readonly value: string;
      readonly short?: string;
      readonly choices?: readonly string[];
      readonly fallback?: string;
    }
  | {
      readonly kind: "number";
      readonly help: string;
      readonly value: string;
      readonly min: number;
      readonly max: number;
      readonly fallback?: number;
    }
  | { readonly kind: "list"; readonly help: string; readonly value: string };

/** Options by name, without the dashes. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** A word after the command. A `rest` word takes all that follow, joined by spaces. */
export interface WordSpec {
  readonly name: string;
  readonly help: string;
  readonly optional?: boolean;
  readonly rest?: boolean;
}

type OptionValue<S extends OptionSpec> = S extends { readonly kind: "switch" }
  ? boolean
  : S extends { readonly kind: "list" }
    ? readonly string[]
    : S extends { readonly fallback: infer Fallback }
      ? Fallback extends number
        ? number
        : string
      : S extends { readonly kind: "number" }
        ? number | undefined
        : string | undefined;

/** What was given for each option: false, an empty list, the fallback or undefined when nothing was. */
export type OptionValues<O extends OptionSpecs> = { readonly [N in keyof O]: OptionValue<O[N]> };

/** What was given for each word. */
export type WordValues<W extends readonly WordSpec[]> = {
  readonly [S in W[number] as S["name"]]: S extends { readonly optional: true } ? string | undefined : string;
};

/** Options every command takes. */
export const globalOptions = {
  json: { kind: "switch", help: "print JSON: one document, or one line each for streams" },
  url: { kind: "text", value: "url", help: "gateway to call; needs --token or --password with it, or a pairing" },
  token: { kind: "text", value: "token", help: "gateway token" },
  password: { kind: "text", value: "password", help: "gateway password" },
  fingerprint: {
    kind: "text",
    value: "sha256",
    help: "with an https --url: trust exactly the certificate with this SHA-256",
  },
  timeout: {
    kind: "number",
    value: "ms",
    help: "longest time a call may take",
    min: 1,
    max: 3_600_000,
    fallback: 10_000,
  },
  profile: {
    kind: "text",
    value: "name",
    help: "gateway with a configuration and state of its own: ~/.openclaw-<name>",
  },
  dev: { kind: "switch", help: 'the profile "dev", on port 19001' },
  "no-color": { kind: "switch", help: "no colours" },
  help: { kind: "switch", short: "h", help: "show this help" },
} as const satisfies OptionSpecs;

/** What a command is given. */
export interface Invocation<O extends OptionSpecs = OptionSpecs, W extends readonly WordSpec[] = readonly WordSpec[]> {
  readonly options: OptionValues<O>;
  readonly words: WordValues<W>;
  readonly globals: OptionValues<typeof globalOptions>;
  readonly terminal: Terminal;
  /** When the command began, ms since the Unix epoch. */
  readonly nowMs: number;
  /** What Ctrl+C does from now on, instead of leaving with exit code 130. */
  readonly onInterrupt: (handler: () => void) => void;
  /** The gateway; nothing is loaded or sent before it is used. */
  readonly link: GatewayLink;
}

/** A command. */
export interface Command<O extends OptionSpecs = OptionSpecs, W extends readonly WordSpec[] = readonly WordSpec[]> {
  readonly words: W;
  readonly options: O;
  /** Lines of help below the summary. */
  readonly details?: string;
  /** Command lines that show its use, without "openclaw". */
  readonly examples?: readonly string[];
  /** Does it. Returns the exit code; nothing is 0. Throws what the user is to be told. */
  run(invocation: Invocation<O, W>): Promise<void> | Promise<number>;
}

/** A command whose option and word types are those of its specs. */
export function defineCommand<const O extends OptionSpecs, const W extends readonly WordSpec[]>(
  command: Command<O, W>,
): Command {
  // Specs and values are made for each other by read-arguments.ts; past this point nobody looks at the types any more.
  return command as unknown as Command;
}
