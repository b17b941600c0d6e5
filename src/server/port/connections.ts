/** Who is connected: one record per connection whose protocol is known. */

import type { Socket } from "node:net";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Client, ClientSchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import { addressBucket, isLoopbackAddress } from "../../lib/ip-address.ts";
import type { Peer } from "../guard/authenticator.ts";

/** One open connection and what its calls said about the client. */
export class Connection implements Peer {
  readonly loopback: boolean;
  readonly bucket: string;
  readonly secure: boolean;
  readonly remoteAddress: string;
  readonly connectTimeMs: number;
  readonly protocol: "HTTP/1.1" | "HTTP/2";
  /** Who it last authenticated as; empty before the first authenticated call. */
  principal = "";
  /** User-Agent of the latest call. */
  userAgent = "";
  openCalls = 0;
  /** True when the peer is to come back over another connection: the next HTTP/1.1 answer closes this one. */
  leaving = false;

  constructor(socket: Socket, protocol: "HTTP/1.1" | "HTTP/2", connectTimeMs: number) {
    const { remoteAddress: address = "", remotePort = 0, remoteFamily } = socket;
    this.loopback = isLoopbackAddress(address);
    this.bucket = addressBucket(address);
    this.secure = "encrypted" in socket;
    this.remoteAddress = remoteFamily === "IPv6" ? `[${address}]:${remotePort}` : `${address}:${remotePort}`;
    this.connectTimeMs = connectTimeMs;
    this.protocol = protocol;
  }
}

/** The open connections, oldest first. */
export class Connections {
  readonly #clock: Clock;
  readonly #open = new Set<Connection>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Records the connection until its socket closes. */
  add(socket: Socket, protocol: "HTTP/1.1" | "HTTP/2"): Connection {
    const connection = new Connection(socket, protocol, this.#clock.nowMs());
    this.#open.add(connection);
    socket.once("close", () => this.#open.delete(connection));
    return connection;
  }

  /** The open connections themselves, oldest first. */
  [Symbol.iterator](): Iterator<Connection> {
    return this.#open.values();
  }

  /** The open connections as the contract describes them, oldest first. */
  clients(): Client[] {
    return [...this.#open].map((connection) =>
      create(ClientSchema, {
        principal: connection.principal,
        userAgent: connection.userAgent.slice(0, 256),
        remoteAddress: connection.remoteAddress,
        connectTime: timestampFromMs(connection.connectTimeMs),
        openCalls: connection.openCalls,
        protocol: connection.protocol,
      }),
    );
  }
}
