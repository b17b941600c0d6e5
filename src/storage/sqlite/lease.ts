/** The right to use a connection for one piece of work. */

import type { Connection, Executor } from "./connection.ts";
import type { Bindings, Statement } from "./statement.ts";

/**
 * A connection as long as one transaction or snapshot lasts. Once it has ended every use throws: work that goes on after its
 * transaction would otherwise write into somebody else's.
 */
export class Lease implements Executor {
  readonly #connection: Connection;
  #ended: string | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  run<Input extends Bindings>(statement: Statement<Input, never>, input: Input): number {
    return this.#use((connection) => connection.run(statement, input));
  }

  get<Input extends Bindings, Row>(statement: Statement<Input, Row>, input: Input): Row | undefined {
    return this.#use((connection) => connection.get(statement, input));
  }

  all<Input extends Bindings, Row>(statement: Statement<Input, Row>, input: Input): Row[] {
    return this.#use((connection) => connection.all(statement, input));
  }

  *each<Input extends Bindings, Row>(statement: Statement<Input, Row>, input: Input): IterableIterator<Row> {
    yield* this.#use((connection) => connection.each(statement, input));
  }

  /** Ends it; `why` is told to whoever uses it later. Ending it again changes nothing. */
  end(why: string): void {
    this.#ended ??= why;
  }

  #use<T>(work: (connection: Connection) => T): T {
    if (this.#ended !== undefined) throw new Error(`these tables cannot be used any more: ${this.#ended}`);
    try {
      return work(this.#connection);
    } catch (error) {
      // A full disk can end the whole transaction: what the work did next would be committed by itself, statement by statement.
      if (!this.#connection.inTransaction) this.end("their transaction was rolled back");
      throw error;
    }
  }
}
