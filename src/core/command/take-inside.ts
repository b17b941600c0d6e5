/** Commands that stand inside a message: what they are, and what the message says without them. */

import { outsideCode } from "../delivery/text/code-fences.ts";
import type { Command } from "./command.ts";

/** A command with the name and the words it was given with. */
export interface InsideCommand {
  readonly command: Command;
  /** In lower case. */
  readonly typed: string;
  readonly args: string;
}

/** What was found. */
export interface TakenInside {
  readonly found: readonly InsideCommand[];
  /** The text without them, and without blanks around it. */
  readonly rest: string;
}

/** Commands a message may hold; the others stay text. */
const mostInside = 5;

/** Takes the commands out of a text that may stand inside one. What stands in code is code. */
export function takeInside(text: string, commands: readonly Command[]): TakenInside {
  const found: InsideCommand[] = [];
  const rest = commands.reduce((left, command) => {
    const pattern = patternOf(command);
    if (pattern === undefined) return left;
    return outsideCode(left, (prose) =>
      prose.replace(pattern, (whole: string, typed: string, args: string) => {
        if (found.length === mostInside) return whole;
        found.push({ command, typed: typed.toLowerCase(), args: args.trim() });
        return "";
      }),
    );
  }, text);
  return { found, rest: rest.trim() };
}

/** Blanks behind a command go with it; what ends a sentence stays. */
function patternOf({ name, aliases, inside }: Command): RegExp | undefined {
  if (inside === undefined) return undefined;
  const names = [name, ...aliases].join("|");
  const ends = "(?=[\\s,;!?]|\\.?(?:\\s|$))";
  return inside === ""
    ? new RegExp(`(?<!\\S)/(${names})()(?::|${ends})[ \\t]*`, "gi")
    : new RegExp(`(?<!\\S)/(${names}):?\\s+(${inside})${ends}[ \\t]*`, "gi");
}
