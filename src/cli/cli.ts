/**
 * The `openclaw` command line. A command's path is its file: cli/gateway/status.ts is `openclaw gateway status`; commands.ts
 * lists them. Beside the commands: command/ reads the line, link/ talks to the gateway, terminal/ writes to people.
 */

import { systemClock } from "../lib/clock.ts";
import type { Invocation } from "./command/command.ts";
import { type CommandLine, readCommandLine } from "./command/command-line.ts";
import { writeCommandHelp, writeOverview } from "./command/help.ts";
import { programVersion } from "./command/version.ts";
import { viewFailure, writeFailure } from "./failure-view.ts";
import { GatewayLink } from "./link/gateway-link.ts";
import { Terminal } from "./terminal/terminal.ts";

/** Runs one command line, given without the program's name, to its end. Returns the exit code; never throws. */
export async function runCli(argv: readonly string[]): Promise<number> {
  // Also a line that cannot be read is answered in JSON when it asks for that.
  const typed = argv.slice(0, argv.indexOf("--") >>> 0);
  const on = (option: string): boolean => typed.includes(option) || typed.includes(`${option}=true`);
  const terminal = new Terminal(process, { json: on("--json"), colors: !on("--no-color") });
  let interrupt = (): void => process.exit(130);
  const onSignal = (): void => interrupt();
  process.on("SIGINT", onSignal);
  let link: GatewayLink | undefined;
  try {
    const line = await readCommandLine(argv);
    if (line.kind !== "command") {
      answer(terminal, line);
      return 0;
    }
    const { options, words } = line.given;
    const globals = options as Invocation["globals"];
    link = new GatewayLink(globals);
    const given = { options, words, globals } as Pick<Invocation, "options" | "words" | "globals">;
    const onInterrupt = (handler: () => void): void => {
      interrupt = handler;
    };
    return (await line.command.run({ ...given, terminal, nowMs: systemClock.nowMs(), onInterrupt, link })) ?? 0;
  } catch (thrown) {
    const address = await link?.address().catch(() => undefined);
    const view = await viewFailure(thrown, address);
    writeFailure(terminal, view);
    return view.exitCode;
  } finally {
    process.removeListener("SIGINT", onSignal);
  }
}

/** Lines that run no command: help and the version. */
function answer(terminal: Terminal, line: Exclude<CommandLine, { kind: "command" }>): void {
  if (line.kind === "version") terminal.line(programVersion());
  else if (line.kind === "commandHelp") writeCommandHelp(terminal, line.entry, line.command);
  else if (line.kind === "overview") writeOverview(terminal, line.group);
}
