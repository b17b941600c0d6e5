/** `openclaw channels login`. */

import { toJson } from "@bufbuild/protobuf";
import { ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { accountOption, channelFrom, channelId, channelWord } from "./channel-view.ts";

/** Logs a channel in, step by step: a code to scan, a page to open, a question to answer. */
export const command = defineCommand({
  words: [channelWord],
  options: {
    account: accountOption,
    force: { kind: "switch", help: "log in although the channel is logged in" },
  },
  details: `
With --json, each line is {"qr":…}, {"link":…}, {"prompt":…} or, when it worked, {"channel":…}; answers to prompts are read from
standard input, a line each.`,
  async run({ options, words, terminal, link }) {
    const name = channelFrom(words.channel, options.account);
    const { channels } = await link.client();
    let answers: AsyncIterator<string> | undefined;
    for await (const { step } of channels.logInChannel({ name, force: options.force })) {
      if (step.case === "qr") {
        if (terminal.json) terminal.record({ qr: step.value });
        else terminal.line(await drawCode(step.value), "scan this code with the app of the network");
      } else if (step.case === "link") {
        if (terminal.json) terminal.record({ link: step.value });
        else terminal.line(`open this page: ${plainLine(step.value)}`);
      } else if (step.case === "prompt") {
        if (terminal.json) terminal.record({ prompt: step.value });
        else terminal.note(plainLine(step.value));
        answers ??= await linesOf(terminal.stdin);
        await channels.answerLogIn({ name, answer: await nextAnswer(answers) });
      } else if (step.case === "channel") {
        if (terminal.json) terminal.record({ channel: toJson(ChannelSchema, step.value) });
        else terminal.line(`${channelId(step.value)} is logged in`);
      }
    }
  },
});

/** The text as a QR code of half blocks, dark on light whatever the terminal's colours are. */
async function drawCode(text: string): Promise<string> {
  const { default: encodeQR } = await import("qr");
  return encodeQR(text, "term").trimEnd();
}

async function linesOf(input: NodeJS.ReadableStream): Promise<AsyncIterator<string>> {
  const { createInterface } = await import("node:readline");
  return createInterface({ input })[Symbol.asyncIterator]();
}

async function nextAnswer(answers: AsyncIterator<string>): Promise<string> {
  const { value, done } = await answers.next();
  if (done) throw new CommandFailure("the login asks something, and there is nobody to answer", "run it in a terminal");
  return value;
}
