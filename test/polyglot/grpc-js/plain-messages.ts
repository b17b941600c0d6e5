/** Messages as proto-loader makes them: enums and 64-bit numbers are text, a oneof holds the name of the field that is set. */

/** openclaw.gateway.v1.GetGatewayResponse. */
export interface PlainGetGateway {
  readonly gateway: { readonly state: string };
  readonly caller: { readonly principal: string; readonly scopes: readonly string[] };
  readonly cursor: string;
}

/** openclaw.gateway.v1.Session. */
export interface PlainSession {
  readonly name: string;
  readonly etag: string;
  readonly title: string;
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly generation: number;
}

/** openclaw.gateway.v1.Run. */
export interface PlainRun {
  readonly name: string;
  readonly state: string;
  readonly outputs: readonly string[];
  readonly attempt: number;
  readonly error: { readonly message: string } | null;
}

/** openclaw.gateway.v1.CreateRunResponse. */
export interface PlainCreateRun {
  readonly run: PlainRun;
  readonly disposition: string;
}

/** openclaw.gateway.v1.Message. */
export interface PlainMessage {
  readonly name: string;
  readonly parts: readonly { readonly text: string }[];
  readonly truncated: boolean;
}

/** openclaw.gateway.v1.Delta. */
export interface PlainDelta {
  readonly block: number;
  readonly draft: number;
  readonly offset: string;
  readonly text: string;
}

/** openclaw.gateway.v1.WatchRunResponse. */
export type PlainRunFrame =
  | { readonly frame: "run"; readonly run: PlainRun }
  | { readonly frame: "delta"; readonly delta: PlainDelta }
  | { readonly frame: "toolCall" | "message" | "heartbeat" };

/** openclaw.gateway.v1.Event. */
export interface PlainEvent {
  readonly sequence: string;
  readonly change: string;
  readonly subject: string;
  readonly actor: string;
  /** Name of the field that is set. */
  readonly resource: string;
  readonly session?: PlainSession | null;
}

/** openclaw.gateway.v1.WatchEventsResponse. */
export type PlainEventFrame =
  | { readonly frame: "batch"; readonly batch: { readonly events: readonly PlainEvent[]; readonly cursor: string } }
  | { readonly frame: "bookmark" | "signal" };

/** openclaw.gateway.v1.ListEventsResponse. */
export interface PlainEventPage {
  readonly events: readonly PlainEvent[];
  readonly cursor: string;
  readonly atEnd: boolean;
}
