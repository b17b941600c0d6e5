/** The command line cannot be understood. */

/** Wrong usage: exit code 2. `message` says what is wrong, `next` what to type instead. */
export class UsageError extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.name = "UsageError";
    this.next = next;
  }
}
