/** What an agent wrote, read for what it asks of the outbox: replies, silence, a prefix. */

import { outsideCode } from "./code-fences.ts";

/** An answer without its directives. */
export interface AnswerText {
  readonly text: string;
  /** Message it wants to answer: "current" is the one that is being answered; undefined leaves it to the settings. */
  readonly replyTo: string | undefined;
}

const directive = /\[\[\s*(?:(reply_to_current)|reply_to\s*:\s*([^\]\n]+?)|audio_as_voice)\s*\]\][ \t]?/gi;
const silent = /^no_reply$/i;
const heartbeat = /^heartbeat_ok\b[ \t]*\n*|\s*\bheartbeat_ok$/gi;

/** Takes `[[reply_to_current]]`, `[[reply_to:<id>]]` and `[[audio_as_voice]]` out of the text, and what only machines read. */
export function readAnswer(written: string): AnswerText {
  let replyTo: string | undefined;
  const text = outsideCode(written, (prose) =>
    prose.replace(directive, (_, current: string | undefined, id: string | undefined) => {
      replyTo ??= current === undefined ? id : "current";
      return "";
    }),
  );
  const spoken = text.replace(heartbeat, "");
  return { text: isSilent(spoken) ? "" : spoken, replyTo };
}

/** True for an answer that says nothing. */
function isSilent(text: string): boolean {
  const whole = text.trim();
  return whole === "" || silent.test(whole);
}

/** True while what was written so far may still turn out to be silence, or a directive that is not whole yet. */
export function mayBeSilent(written: string): boolean {
  const whole = written.trimStart().toLowerCase();
  const words = ["no_reply", "heartbeat_ok"];
  if (words.some((word) => word.startsWith(whole) || (whole.startsWith(word) && whole.trim() === word))) return true;
  return written.lastIndexOf("[[") > written.lastIndexOf("]]");
}

/** What a prefix may name. */
export interface PrefixFacts {
  /** "provider/model". */
  readonly model: string;
  readonly thinking: string;
  /** Name of the agent. */
  readonly agent: string;
}

/** The prefix with its variables filled in; empty for none. "auto" is the agent's name in brackets. */
export function prefixFrom(template: string, { model, thinking, agent }: PrefixFacts): string {
  if (template === "auto") return `[${agent}]`;
  const slash = model.indexOf("/");
  const values: Readonly<Record<string, string>> = {
    model: model.slice(slash + 1),
    modelFull: model,
    provider: slash === -1 ? "" : model.slice(0, slash),
    thinkingLevel: thinking,
    "identity.name": agent,
  };
  return template.replace(/\{([\w.]+)\}/g, (whole, name: string) => values[name] ?? whole);
}
