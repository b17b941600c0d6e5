/**
 * Questions to a person, one after another, with commands in them as they are typed here. The library that draws them is loaded
 * when the first one is asked.
 */

import { CommandFailure } from "../failure-view.ts";
import { asTyped } from "../program-name.ts";

/** One of several answers. */
export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string;
}

/** Says what is wrong with a text; undefined when nothing is. */
export type TextCheck = (text: string) => string | undefined;

type Prompts = typeof import("@clack/prompts");

const output = process.stderr;

/** A conversation on standard error, so that standard output has the result alone. */
export class Dialog {
  readonly #prompts: Prompts;

  private constructor(prompts: Prompts) {
    this.#prompts = prompts;
  }

  /** Begins it. Only where a person can be asked. */
  static async open(title: string): Promise<Dialog> {
    const prompts = await import("@clack/prompts");
    prompts.intro(asTyped(title), { output });
    return new Dialog(prompts);
  }

  /** Says something. */
  say(text: string): void {
    this.#prompts.log.message(asTyped(text), { output });
  }

  /** Says that something went wrong. */
  warn(text: string): void {
    this.#prompts.log.warn(asTyped(text), { output });
  }

  /** The end of it. */
  close(text: string): void {
    this.#prompts.outro(text, { output });
  }

  async choose<Value extends string>(
    message: string,
    initialValue: Value,
    choices: readonly Choice<Value>[],
  ): Promise<Value> {
    const options = choices.map((choice) => ({ ...choice })) as Parameters<Prompts["select"]>[0]["options"];
    return this.#answered(await this.#prompts.select({ message, initialValue, options, output })) as Value;
  }

  /** A text that is not empty. */
  async text(message: string, initialValue: string, check: TextCheck = () => undefined): Promise<string> {
    const validate = (text: string | undefined): string | undefined =>
      text === undefined || text.trim() === "" ? "is needed" : check(text.trim());
    return String(
      this.#answered(await this.#prompts.text({ message: asTyped(message), initialValue, validate, output })),
    ).trim();
  }

  /** A text nobody should see; may be empty only when that means something. */
  async secret(message: string, mayBeEmpty = false): Promise<string> {
    const validate = (text: string | undefined): string | undefined => (text || mayBeEmpty ? undefined : "is needed");
    return String(this.#answered(await this.#prompts.password({ message, validate, output })) ?? "").trim();
  }

  async confirm(message: string, initialValue: boolean): Promise<boolean> {
    return this.#answered(await this.#prompts.confirm({ message, initialValue, output })) === true;
  }

  #answered<T>(answer: T | symbol): T {
    if (this.#prompts.isCancel(answer)) throw new CommandFailure("you left; nothing was changed");
    return answer as T;
  }
}
