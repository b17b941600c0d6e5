/** Accepts a message, and begins its trace. */

import type { Core } from "../core.ts";
import type { Accepted, Input } from "../message/input.ts";
import type { Once } from "../once.ts";

/** A message, the record of its call, and what its caller said about its own trace. */
export interface TracedInput {
  readonly input: Input;
  readonly once: Once<Accepted>;
  /** The header of that name, if there is one. */
  readonly traceparent: string | null;
}

/** `Inbox.accept`, as the span "message.accept" of the run that answers the message. A refused message has no trace. */
export async function acceptTraced(core: Core, { input, once, traceparent }: TracedInput): Promise<Accepted> {
  let run: string | undefined;
  const span = core.tracer.span("message.accept", () => run);
  try {
    const accepted = await core.inbox.accept(input, once);
    run = accepted.run.name;
    if (traceparent !== null) core.tracer.adopt(run, traceparent);
    span.end(undefined, { disposition: accepted.disposition });
    return accepted;
  } catch (error) {
    span.end();
    throw error;
  }
}
