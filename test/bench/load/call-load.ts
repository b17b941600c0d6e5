/** One call and how it is repeated: 64 in flight, for a while. */

/** What is sent, over which protocol. */
export interface CallLoad {
  /** "http2": Connect with protobuf, 64 calls in flight on one connection. "http1": Connect with JSON, 64 connections. */
  readonly protocol: "http2" | "http1";
  /** URL of the method. */
  readonly url: string;
  readonly token: string;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Calls in flight. */
export const inFlight = 64;

/** Headers of the call, by name. */
export function headersOf({ protocol, token }: CallLoad): Record<string, string> {
  return {
    "content-type": protocol === "http2" ? "application/proto" : "application/json",
    "connect-protocol-version": "1",
    authorization: `Bearer ${token}`,
  };
}

/** A request message with nothing in it but a field nobody knows: h2load sends no empty body. */
export function bodyOf({ protocol }: CallLoad): string {
  return protocol === "http2" ? "\x78\x01" : "{}";
}
