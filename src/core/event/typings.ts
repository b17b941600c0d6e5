/** Where the agent writes right now: told to watchers, kept nowhere. */

import { create } from "@bufbuild/protobuf";
import { type Typing, TypingSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Wakeup } from "../../lib/wakeup.ts";
import type { SubjectFilter } from "./subjects.ts";

/** Conversations in which the agent writes. */
export class Typings {
  readonly #writers = new Map<string, number>();
  /** Rings when the agent begins or stops to write somewhere. */
  readonly changed = new Wakeup();

  get conversations(): ReadonlySet<string> {
    return new Set(this.#writers.keys());
  }

  /** The agent writes there until the returned function is called. */
  begin(conversation: string): () => void {
    this.#count(conversation, 1);
    let over = false;
    return () => {
      if (!over) this.#count(conversation, -1);
      over = true;
    };
  }

  #count(conversation: string, change: number): void {
    const writers = (this.#writers.get(conversation) ?? 0) + change;
    if (writers > 0) this.#writers.set(conversation, writers);
    else this.#writers.delete(conversation);
    this.changed.wakeSoon();
  }
}

/** What one watcher has heard of it. */
export class TypingReader {
  readonly #typings: Typings;
  readonly #wanted: SubjectFilter;
  #known: ReadonlySet<string> = new Set();

  constructor(typings: Typings, wanted: SubjectFilter) {
    this.#typings = typings;
    this.#wanted = wanted;
  }

  /** What changed since the last read. */
  read(): Typing[] {
    const now = new Set([...this.#typings.conversations].filter((name) => this.#wanted(name)));
    const began = [...now].filter((name) => !this.#known.has(name));
    const stopped = [...this.#known].filter((name) => !now.has(name));
    this.#known = now;
    return [
      ...began.map((conversation) => create(TypingSchema, { conversation, active: true })),
      ...stopped.map((conversation) => create(TypingSchema, { conversation, active: false })),
    ];
  }
}
