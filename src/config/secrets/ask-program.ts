/** Asks a program one question on its standard input, and reads what it answers on its standard output. */

import { spawn } from "node:child_process";

/** What is asked, and how much is waited for. */
export interface Question {
  /** Absolute path; run without a shell. */
  readonly command: string;
  readonly args: readonly string[];
  /** All the variables it gets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: string;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

/** Its answer, or why there is none. What it writes to standard error is not looked at: it could hold a secret. */
export async function askProgram(question: Question): Promise<{ readonly text: string } | { readonly reason: string }> {
  const { command, args, environment, input, timeoutMs, maxOutputBytes } = question;
  const child = spawn(command, [...args], { env: { ...environment }, stdio: ["pipe", "pipe", "ignore"] });
  const chunks: Buffer[] = [];
  let size = 0;
  return await new Promise((resolve) => {
    const end = (answer: { readonly text: string } | { readonly reason: string }): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      // Whatever it started may hold the pipe open; nobody reads it any more.
      child.stdout.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end({ reason: `${command} did not answer within ${timeoutMs} ms` }), timeoutMs);
    child.on("error", (error: NodeJS.ErrnoException) =>
      end({ reason: `${command} cannot be run (${error.code ?? error.message})` }),
    );
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxOutputBytes) end({ reason: `${command} answered with more than ${maxOutputBytes} bytes` });
    });
    child.on("close", (code, signal) => {
      if (code === 0) end({ text: Buffer.concat(chunks).toString("utf8") });
      else end({ reason: `${command} ended with ${code ?? signal}` });
    });
    // A program that does not read its input is no reason to fail: it may know what it is asked for.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
