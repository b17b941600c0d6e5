/** What a fake model says to one request, whichever provider's format it is told in. */

/** A tool call of a fake model. */
export interface FakeToolCall {
  readonly id: string;
  readonly name: string;
  /** An object, or text that is sent as the arguments as it is (it need not be JSON). */
  readonly input: object | string;
  /** Google only: signature sent with the call. */
  readonly signature?: string;
}

/** One answer. Everything is optional: {} is an empty answer that ends well. */
export interface FakeTurn {
  /** Thought before the answer. */
  readonly thinking?: string;
  /** Opaque state of the thought: Anthropic's signature, OpenAI's encrypted content, Google's thought signature. */
  readonly signature?: string;
  /** Anthropic only: a thought that may not be read, as opaque data. */
  readonly redactedThinking?: string;
  /** Said in these pieces; a text is split into words. */
  readonly text?: string | readonly string[];
  readonly toolCalls?: readonly FakeToolCall[];
  readonly usage?: { readonly input: number; readonly output: number; readonly cached?: number };
  readonly stop?: "end" | "length" | "filter";
  readonly fault?: FakeFault;
  /** Wait between two events, in ms. */
  readonly pauseMs?: number;
}

/** How an answer goes wrong. `after` counts events that are sent before. */
export type FakeFault =
  /** An HTTP error; `code` and `message` are put into the provider's error body, unless `body` is given. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection breaks. */
  | { readonly kind: "cut"; readonly after: number }
  /** The stream ends properly, too early. */
  | { readonly kind: "end"; readonly after: number }
  /** Nothing more comes, and the connection stays open. */
  | { readonly kind: "hang"; readonly after: number }
  /** An event that is no JSON. */
  | { readonly kind: "garbage"; readonly after: number }
  /** The provider's own error event. */
  | { readonly kind: "error"; readonly after: number; readonly code: string; readonly message: string };

/** The pieces a turn's text is sent in. */
export function textPieces(turn: FakeTurn): readonly string[] {
  if (typeof turn.text === "string") return turn.text.match(/\S+\s*|\s+/g) ?? [];
  return turn.text ?? [];
}

/** A tool call's arguments as they travel. */
export function argumentsOf(call: FakeToolCall): string {
  return typeof call.input === "string" ? call.input : JSON.stringify(call.input);
}

/** Usage with nothing left out. */
export function usageOf(turn: FakeTurn): { input: number; output: number; cached: number } {
  return { cached: 0, ...(turn.usage ?? { input: 10, output: 5 }) };
}
