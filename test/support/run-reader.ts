/** Reads the output of a run over a connection that is cut again and again, and compares it with the transcript. */

import { expect } from "chai";
import type { Message } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { Delta_Channel as Channel, type Delta, type Run } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { type GatewayClient, gatewayErrorFrom, isRunOver } from "../../src/client/gateway-client.ts";
import { RunText, type TextChange } from "../../src/client/run-text.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** A block of output: its number, what it holds, and the text as bytes. */
export type OutputBlock = readonly [block: number, channel: Delta["channel"], hex: string];

/** Follows one run; leaves after a random number of frames, at least three times, and comes back with what it holds. */
export class RunReader {
  readonly text = new RunText();
  /** What each delta did. */
  readonly changes: TextChange["kind"][] = [];
  /** Streams that were opened. */
  streams = 0;
  readonly #name: string;
  readonly #random: SeededRandom;

  constructor(name: string, random: SeededRandom) {
    this.#name = name;
    this.#random = random;
  }

  /** Reads to the end of the run, which it returns. */
  async read(client: GatewayClient): Promise<Run> {
    for (;;) {
      try {
        const run = await this.#readSome(client);
        if (run !== undefined) return run;
      } catch (thrown) {
        const { reason, code } = gatewayErrorFrom(thrown);
        expect([reason, code], String(thrown)).to.satisfy(([why]: string[]) => why === "" || why === "DRAINING");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** Blocks that say something. */
  blocks(): OutputBlock[] {
    return this.text
      .blocks()
      .filter(({ text }) => text !== "")
      .map(({ block, channel, text }) => [block, channel, hexOf(text)]);
  }

  async #readSome(client: GatewayClient): Promise<Run | undefined> {
    this.streams += 1;
    const leaving = new AbortController();
    let left = this.streams <= 3 || this.#random.chance(0.7) ? this.#random.between(1, 12) : Number.POSITIVE_INFINITY;
    const request = { name: this.#name, held: this.text.held() };
    try {
      for await (const { frame } of client.runs.watchRun(request, { signal: leaving.signal })) {
        if (frame.case === "delta") this.changes.push(this.text.apply(frame.value).kind);
        if (frame.case === "run" && isRunOver(frame.value)) return frame.value;
        left -= 1;
        if (left <= 0) return undefined;
      }
      return undefined;
    } finally {
      leaving.abort();
    }
  }
}

/** The blocks a reader has to end up with, from the run's messages in the transcript. */
export async function keptBlocks(client: GatewayClient, run: Run): Promise<OutputBlock[]> {
  const messages: (Message | undefined)[] = [];
  for (const name of run.outputs) messages.push((await client.sessions.getMessage({ name })).message);
  return messages
    .flatMap((message) => message?.parts ?? [])
    .flatMap(({ kind }, block): OutputBlock[] => {
      if (kind.case === "text") return [[block, Channel.TEXT, hexOf(kind.value)]];
      if (kind.case === "thinking") return [[block, Channel.THINKING, hexOf(kind.value)]];
      return kind.case === "toolResult" ? [[block, Channel.TOOL_OUTPUT, hexOf(kind.value.text)]] : [];
    })
    .filter(([, , hex]) => hex !== "");
}

function hexOf(text: string): string {
  return Buffer.from(text).toString("hex");
}
