/** Holding back what the gateway would do by itself: after repeated crashes something of that may be what kills it. */

/** That something is held back, and until when. */
export interface HeldBack {
  /** In words, for logs and status. */
  readonly reason: string;
  /** ms since the epoch. */
  readonly untilMs: number;
}

/** Asked by channels and jobs before they start anything that nobody asked for just now. */
export interface HoldBack {
  /** Undefined when nothing is held back. */
  readonly current: HeldBack | undefined;
  /** Calls `listener` once, when nothing is held back any more; not at all when nothing is now. Returns how to stop that. */
  whenOver(listener: () => void): () => void;
}
