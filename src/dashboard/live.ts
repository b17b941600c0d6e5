/** The one stream of this page: everything that changes, and what agents say while they say it. */

import { Code, ConnectError } from "@connectrpc/connect";
import type { Event } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import type { WatchEventsResponse } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { Message_Role as Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_State as RunState } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { Draft } from "./draft.ts";
import type { Gateway } from "./gateway.ts";

/** Who wants to hear. */
export interface LiveListener {
  /** A fact, once, in order. */
  onEvent?(event: Event): void;
  /** A run said something. */
  onDraft?(run: string): void;
  /** Whether the gateway is heard. */
  onConnection?(online: boolean): void;
}

const waitMs = { first: 500, longest: 10_000 };

/** The gateway says something every 15 s: after twice that the connection is dead, as it is when a phone has slept. */
const usualSilenceMs = 35_000;

/** Follows the event log, over every broken connection. */
export class Live {
  /** What runs that are at work say, by the run's name. */
  readonly drafts = new Map<string, Draft>();
  readonly #gateway: Pick<Gateway, "events">;
  readonly #listeners = new Set<LiveListener>();
  readonly #silenceMs: number;

  constructor(gateway: Pick<Gateway, "events">, silenceMs = usualSilenceMs) {
    this.#gateway = gateway;
    this.#silenceMs = silenceMs;
  }

  /** Tells the listener from now on. */
  listen(listener: LiveListener): void {
    this.#listeners.add(listener);
  }

  /**
   * Follows the log after `cursor`. Resolves when it cannot be followed from there any more: events were missed, and everything
   * has to be read anew. Fails when the gateway refuses this page, with why.
   */
  async follow(cursor: string): Promise<void> {
    let place = cursor;
    let lost = false;
    for (let failures = 0; ; failures++) {
      try {
        for await (const { frame } of this.#watch(place)) {
          if (failures >= 0) this.#tell((one) => one.onConnection?.(true));
          failures = -1;
          if (frame.case === "bookmark") place = frame.value.cursor;
          if (frame.case === "batch") {
            for (const event of frame.value.events) this.#take(event);
            place = frame.value.cursor;
          }
          if (frame.case === "signal" && frame.value.kind.case === "delta") {
            const { run } = frame.value.kind.value;
            this.#draft(run).add(frame.value.kind.value);
            this.#tell((one) => one.onDraft?.(run));
          }
        }
      } catch (thrown) {
        const { code } = ConnectError.from(thrown);
        if (code === Code.Unauthenticated || code === Code.PermissionDenied) throw thrown;
        lost = code === Code.OutOfRange;
        this.#tell((one) => one.onConnection?.(false));
      }
      const delay = Math.min(waitMs.longest, waitMs.first * 2 ** Math.max(0, failures));
      await new Promise((resolve) => setTimeout(resolve, delay));
      if (lost) return;
    }
  }

  /** Ends with an error when nothing is heard for too long. */
  async *#watch(cursor: string): AsyncGenerator<WatchEventsResponse> {
    const closing = new AbortController();
    let timer = 0;
    const listen = (): void => {
      clearTimeout(timer);
      timer = Number(setTimeout(() => closing.abort(), this.#silenceMs));
    };
    listen();
    const request = { cursor, includeSignals: true };
    try {
      for await (const heard of this.#gateway.events.watchEvents(request, { signal: closing.signal })) {
        listen();
        yield heard;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #take(event: Event): void {
    const { resource } = event;
    if (resource.case === "message" && resource.value.role === Role.ASSISTANT)
      this.drafts.get(resource.value.run)?.keep();
    if (resource.case === "run" && resource.value.state >= RunState.SUCCEEDED) this.drafts.delete(resource.value.name);
    this.#tell((one) => one.onEvent?.(event));
  }

  #draft(run: string): Draft {
    const draft = this.drafts.get(run) ?? new Draft();
    this.drafts.set(run, draft);
    return draft;
  }

  #tell(how: (listener: LiveListener) => void): void {
    for (const listener of this.#listeners) how(listener);
  }
}
