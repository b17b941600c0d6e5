/** What is left of a call when it has ended, for those who count. */

/** A call that ended. */
export interface EndedCall {
  /** "RunService/CreateRun". */
  readonly method: string;
  /** "OK", or the name of its code: "NotFound". */
  readonly code: string;
  /** How long it took. */
  readonly ms: number;
  /** True for streams, whose length says nothing. */
  readonly stream: boolean;
}

/** Hears of every call that ends. */
export type CallListener = (call: EndedCall) => void;
