/** `openclaw channels login`. */

import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { toJson } from "@bufbuild/protobuf";
import encodeQR from "qr";
import { ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { LogInChannelResponse } from "../../../gen/openclaw/gateway/v1/channel_service_pb.ts";
import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";
import { plainLine } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { accountOption, channelFrom, channelId, channelWord } from "./channel-view.ts";

/** Logs a channel in, step by step: a code to scan, a page to open, a question to answer. */
export const command = defineCommand({
  words: [channelWord],
  options: {
    account: accountOption,
    force: { kind: "switch", help: "log in although the channel is logged in" },
  },
  details: `
With --json, each line is {"qr":…}, {"link":…}, {"prompt":…} (with "secret":true when the answer is one) or, when it worked,
{"channel":…}; answers to prompts are read from standard input, a line each. In a terminal a secret is not shown.`,
  async run({ options, words, terminal, link }) {
    const name = channelFrom(words.channel, options.account);
    const { channels } = await link.client();
    const answers = new Answers(terminal.stdin);
    const leaving = new AbortController();
    const { signal } = leaving;
    const failed: unknown[] = [];
    let asked = 0;
    const reply = async (secret: boolean): Promise<void> => {
      asked += 1;
      const turn = asked;
      try {
        await channels.answerLogIn({ name, answer: await answers.next(secret) });
      } catch (thrown) {
        // A newer question took its place.
        if (turn !== asked) return;
        failed.push(thrown);
        leaving.abort();
      }
    };
    try {
      for await (const { step, secret } of channels.logInChannel({ name, force: options.force }, { signal })) {
        // Hidden before somebody can begin to type it; and not waited for, because the login may end without it.
        if (step.case === "prompt") void reply(secret);
        showStep(terminal, step, secret);
      }
    } catch (thrown) {
      throw failed[0] ?? thrown;
    } finally {
      // A login nobody goes on with ends at the gateway, too, and holds this program no longer.
      leaving.abort();
      answers.close();
    }
  },
});

function showStep(terminal: Terminal, step: LogInChannelResponse["step"], secret: boolean): void {
  if (step.case === undefined || step.case === "heartbeat") return;
  if (step.case === "channel") {
    if (terminal.json) terminal.record({ channel: toJson(ChannelSchema, step.value) });
    else terminal.line(`${channelId(step.value)} is logged in`);
  } else if (terminal.json) terminal.record({ [step.case]: step.value, ...(secret && { secret }) });
  else if (step.case === "qr") showCode(terminal, step.value);
  else if (step.case === "link") terminal.line(`open this page: ${plainLine(step.value)}`);
  else terminal.note(plainLine(step.value));
}

/** The text as a QR code of half blocks: in a terminal dark on light, whatever its colours are. */
function showCode(terminal: Terminal, text: string): void {
  const rows = encodeQR(text, "ascii").trimEnd().split("\n");
  const [first = ""] = rows;
  // Colours are no ornament here: the wrong way round, few cameras read it.
  terminal.line(...(terminal.isTty ? rows.map((row) => `\u001b[97;40m${row}\u001b[0m`) : rows));
  terminal.line("scan this code with the app of the network");
  if ((terminal.columns ?? first.length) < first.length) {
    terminal.note(
      `the code needs ${first.length} columns; make the window wider and log in again if it cannot be scanned`,
    );
  }
}

/** Lines somebody types, read from when the first one is wanted. */
class Answers {
  readonly #input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  #lines: Interface | undefined;
  #iterator: AsyncIterator<string> | undefined;

  constructor(input: NodeJS.ReadableStream) {
    this.#input = input;
  }

  /** The next line; a terminal does not show it when it is a secret. Fails when there are no more. */
  async next(secret: boolean): Promise<string> {
    // In a terminal each answer may be shown otherwise; anywhere else lines are read ahead.
    if (this.#input.isTTY) this.close();
    this.#lines ??= this.#open(secret && this.#input.isTTY === true);
    this.#iterator ??= this.#lines[Symbol.asyncIterator]();
    const { value, done } = await this.#iterator.next();
    if (done)
      throw new CommandFailure("the login asks something, and there is nobody to answer", "run it in a terminal");
    if (this.#input.isTTY) this.close();
    return value;
  }

  /** Nothing more is read: a terminal that is would keep the program from ending. */
  close(): void {
    this.#lines?.close();
    this.#lines = undefined;
    this.#iterator = undefined;
  }

  #open(hidden: boolean): Interface {
    if (!hidden) return createInterface({ input: this.#input });
    const nowhere = new Writable({ write: (_chunk, _encoding, written) => written() });
    const lines = createInterface({ input: this.#input, output: nowhere, terminal: true });
    // A terminal that shows nothing makes no signal of Ctrl-C either.
    return lines.on("SIGINT", () => {
      lines.close();
      process.kill(process.pid, "SIGINT");
    });
  }
}
