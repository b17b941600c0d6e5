/**
 * The `openclaw` command line. A command's path is its file: cli/gateway/status.ts is `openclaw gateway status`; commands.ts
 * lists them. Beside the commands: command/ reads the line, link/ talks to the gateway, terminal/ writes to people.
 */

import { systemClock } from "../lib/clock.ts";
import { globalOptions, type Invocation } from "./command/command.ts";
import { findCommand, isGroup } from "./command/find-command.ts";
import { nameWords, peekArguments, readArguments } from "./command/read-arguments.ts";
import { viewFailure, writeFailure } from "./failure-view.ts";
import { GatewayLink } from "./link/gateway-link.ts";
import { Terminal } from "./terminal/terminal.ts";

/** Runs one command line, given without the program's name, to its end. Returns the exit code; never throws. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const { words, on } = peekArguments(argv, globalOptions);
  const { stdin, stdout, stderr } = process;
  const terminal = new Terminal({ stdin, stdout, stderr }, { json: on.has("json"), colors: !on.has("no-color") });
  let interrupt = (): void => process.exit(130);
  const onSignal = (): void => interrupt();
  process.on("SIGINT", onSignal);
  let link: GatewayLink | undefined;
  try {
    const answered = await answerWithoutCommand(terminal, argv, { words, help: on.has("help") });
    if (answered) return 0;
    const { entry, wordCount } = findCommand(words);
    const { command } = await entry.load();
    if (on.has("help")) {
      const { writeCommandHelp } = await import("./command/help.ts");
      writeCommandHelp(terminal, entry, command);
      return 0;
    }
    const given = readArguments(argv, { ...globalOptions, ...command.options });
    const globals = given.options as Invocation["globals"];
    link = new GatewayLink(globals);
    const named = nameWords(given.words.slice(wordCount), command, entry.path);
    const what = { options: given.options, words: named, globals } as Pick<Invocation, "options" | "words" | "globals">;
    const onInterrupt = (handler: () => void): void => {
      interrupt = handler;
    };
    return (await command.run({ ...what, terminal, nowMs: systemClock.nowMs(), onInterrupt, link })) ?? 0;
  } catch (thrown) {
    const address = await link?.address().catch(() => undefined);
    const view = await viewFailure(thrown, address);
    writeFailure(terminal, view);
    return view.exitCode;
  } finally {
    process.removeListener("SIGINT", onSignal);
  }
}

interface Peeked {
  readonly words: readonly string[];
  readonly help: boolean;
}

/** Help of the program or a group, the version, and what shells ask while somebody types. True when it was one of them. */
async function answerWithoutCommand(terminal: Terminal, argv: readonly string[], peeked: Peeked): Promise<boolean> {
  const [group, verb] = peeked.words;
  if (argv[0] === "--complete") {
    const { complete } = await import("./command/complete.ts");
    terminal.line(...(await complete(argv.slice(1))));
    return true;
  }
  if (group === undefined && (argv.includes("--version") || argv.includes("-V"))) {
    const { programVersion } = await import("./version.ts");
    terminal.line(programVersion());
    return true;
  }
  const wantsGroup = peeked.help && group !== undefined && verb === undefined && isGroup(group);
  if (group !== undefined && !wantsGroup) return false;
  // A line of options only: one that is wrong is told so, the rest ask for help.
  if (group === undefined) readArguments(argv, globalOptions);
  const { writeOverview } = await import("./command/help.ts");
  writeOverview(terminal, group);
  return true;
}
