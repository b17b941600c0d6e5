/** Finding commands in what people write. */

/** A command as it was written. */
export interface WrittenCommand {
  /** In lower case, without the slash. */
  readonly name: string;
  readonly args: string;
  /** Whom it names: "/status@claw_bot"; empty for nobody. */
  readonly addressee: string;
}

const pattern = /^\/([a-z][a-z0-9_-]{0,31})(?:@([a-z0-9_]+))?(?::|(?=\s|$))\s*([\s\S]*)$/i;

/** The command a text is, if it begins with one. A name before it ("@bot /status", "bot: /status") is looked past. */
export function readCommand(text: string, mentioned: boolean): WrittenCommand | undefined {
  const whole = text.trim();
  const own = mentioned ? whole.replace(/^(?:<?@[^\s>]{1,64}>?[:,]?|[^\s/]{1,64}[:,])\s+(?=\/)/, "") : whole;
  const [, name, addressee = "", args = ""] = pattern.exec(own) ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase(), args: args.trim(), addressee };
}

const abortWords = new Set([
  ...["stop", "stop run", "please stop", "stop please", "stop it", "esc", "abort", "wait", "exit", "interrupt"],
]);

/** True when the whole text is a plain word for stopping. */
export function isAbort(text: string): boolean {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/[.!]+$/, "")
    .replace(/\s+/g, " ");
  return abortWords.has(words);
}

/** What stands behind one of the words for starting afresh; undefined when the text begins with none. */
export function afterTrigger(text: string, triggers: readonly string[]): string | undefined {
  const whole = text.trim();
  const found = triggers.find((trigger) => {
    const begins = whole.slice(0, trigger.length).toLowerCase() === trigger.toLowerCase();
    return begins && /^(?:\s|$)/.test(whole.slice(trigger.length));
  });
  return found === undefined ? undefined : whole.slice(found.length).trim();
}
