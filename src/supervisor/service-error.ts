/** A service manager did not do what it was asked. */

/** What went wrong in one sentence, and what to do next. */
export class ServiceError extends Error {
  readonly next: string | undefined;

  constructor(message: string, next?: string) {
    super(message);
    this.name = "ServiceError";
    this.next = next;
  }
}
