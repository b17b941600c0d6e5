/** Prints a run as it goes: the answer as it comes; in a terminal also, dimmed, what the agent thinks and does. */

import type { Message, ToolUse } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Delta_Channel, type ToolCall, ToolCall_State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { RunStep } from "../../client/follow-run.ts";
import { plainLine, plainText } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { fitText } from "../terminal/text-width.ts";

type TextStep = Extract<RunStep, { kind: "append" | "replace" }>;

interface Printed {
  readonly channel: Delta_Channel;
  /** What stands on the screen of this block. */
  readonly shown: string;
  /** What the block really holds: less than `shown` while a new draft repeats what an old one said. */
  readonly text: string;
}

/** One run, printed. Standard output gets the answer alone unless a person reads it. */
export class RunPrinter {
  readonly #terminal: Terminal;
  readonly #blocks = new Map<number, Printed>();
  readonly #toolCalls = new Set<string>();
  #current = -1;
  #atLineStart = true;
  /** What was printed last ended with the first half of a line break. */
  #halfBreak = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Prints one step. Steps that are no text and no tool call print nothing. */
  step(step: RunStep): void {
    if (step.kind === "append" || step.kind === "replace") this.#text(step);
    if (!this.#terminal.isTty) return;
    if (step.kind === "toolCall") this.#toolCall(step.toolCall);
    if (step.kind === "message") this.#message(step.message);
  }

  /** The run is over: ends the last line. When a new draft took back what stands on the screen, prints what holds instead. */
  end(): void {
    const blocks = [...this.#blocks].sort(([a], [b]) => a - b);
    if (blocks.some(([, { shown, text }]) => shown !== text)) {
      this.#note("some of this was taken back; the answer is:");
      for (const [block, { channel, text }] of blocks) {
        if (channel === Delta_Channel.TEXT) this.#print({ block, channel }, text);
      }
    }
    this.#toLineStart();
  }

  #text(step: TextStep): void {
    const person = this.#terminal.isTty;
    const visible = step.channel === Delta_Channel.TEXT || (person && step.channel === Delta_Channel.THINKING);
    if (!visible) return;
    if (step.kind === "replace") this.#startOver(step.block);
    const { block, channel } = step;
    const { shown = "", text: before = "" } = this.#blocks.get(block) ?? {};
    const text = before + step.text;
    if (shown.startsWith(text)) {
      this.#blocks.set(block, { channel, shown, text });
      return;
    }
    this.#blocks.set(block, { channel, shown: text, text });
    const continues = text.startsWith(shown);
    if (!continues) this.#note("the answer broke off and begins again");
    this.#print(step, continues ? text.slice(shown.length) : text);
  }

  /** A new draft: what stands on the screen stays there, and nothing of it is held. */
  #startOver(from: number): void {
    for (const [block, printed] of this.#blocks) if (block >= from) this.#blocks.set(block, { ...printed, text: "" });
  }

  #print(step: Pick<TextStep, "block" | "channel">, text: string): void {
    const continues = step.block === this.#current;
    if (!continues) this.#toLineStart();
    this.#current = step.block;
    const plain = plainText(continues && this.#halfBreak ? text.replace(/^\n/, "") : text);
    this.#halfBreak = text.endsWith("\r");
    if (plain === "") return;
    this.#terminal.write(step.channel === Delta_Channel.THINKING ? this.#terminal.colors.dim(plain) : plain);
    this.#atLineStart = plain.endsWith("\n");
  }

  #toolCall({ name, tool, state, input, outputPreview }: ToolCall): void {
    this.#askedFor({ callId: decodeURIComponent(name.slice(name.lastIndexOf("/") + 1)), tool, input });
    if (state === ToolCall_State.FAILED) this.#ownLine(`✗ ${tool}: ${outputPreview}`, this.#terminal.colors.red);
  }

  /** A run that is joined late tells of its earlier tool calls in messages only. */
  #message({ parts }: Message): void {
    for (const { kind } of parts) if (kind.case === "toolUse") this.#askedFor(kind.value);
  }

  #askedFor({ callId, tool, input }: Pick<ToolUse, "callId" | "tool" | "input">): void {
    if (this.#toolCalls.has(callId)) return;
    this.#toolCalls.add(callId);
    this.#ownLine(`→ ${tool} ${JSON.stringify(input ?? {})}`, this.#terminal.colors.dim);
  }

  #ownLine(text: string, paint: (text: string) => string): void {
    this.#toLineStart();
    this.#terminal.line(paint(fitText(plainLine(text), this.#terminal.columns ?? 80)));
    this.#current = -1;
  }

  #note(text: string): void {
    this.#toLineStart();
    this.#terminal.note(this.#terminal.errorColors.dim(`(${text})`));
  }

  #toLineStart(): void {
    if (!this.#atLineStart) this.#terminal.write("\n");
    this.#atLineStart = true;
  }
}
