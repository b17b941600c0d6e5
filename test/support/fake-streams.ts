/** Standard streams of a command that a test reads. */

import { PassThrough } from "node:stream";
import { Terminal, type TerminalStreams } from "../../src/cli/terminal/terminal.ts";

/** A terminal, and what was written to it. */
export interface FakeTerminal {
  readonly terminal: Terminal;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** A terminal without colours; `columns` makes it one that a person reads. */
export function fakeTerminal(options: { readonly json?: boolean; readonly columns?: number } = {}): FakeTerminal {
  const { json = false, columns } = options;
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) => {
    const pass = new PassThrough({ encoding: "utf8" }).on("data", (text: string) => {
      written[name] += text;
    });
    return Object.assign(pass, { isTTY: columns !== undefined, columns });
  };
  const streams = { stdin: stream("stdout"), stdout: stream("stdout"), stderr: stream("stderr") };
  const terminal = new Terminal(streams as unknown as TerminalStreams, { json, colors: false });
  return { terminal, stdout: () => written.stdout, stderr: () => written.stderr };
}
